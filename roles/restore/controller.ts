import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { defineResource, type Difference, effect, queries, TaskError, unknown } from "kubeplay";
import { fileToCome } from "#engine/queries/controller-file.ts";
import { decrypted, type Keys } from "#cluster/backup/encryption.ts";
import { controllerName, snapshotName, type BackupRecord } from "#cluster/backup/place.ts";
import { nodeStream, sha256Of, tar, webStream, writeStream } from "#cluster/backup/streams.ts";
import { encryptionState } from "#cluster/encryption/file.ts";
import { clusterFolder, encryptionPath, pkiPath } from "#cluster/paths.ts";
import { addKeys, addRetiredKeys } from "./encryption-keys.ts";
import { backupRecord, checkCluster, isSnapshot } from "./record.ts";

export interface FromBackup {
  readonly cluster: string;
  /** The folder of the backup. */
  readonly backup: string;
  /** A file of age identities on the controller. */
  readonly identityFile: string;
  readonly passphrase?: string | undefined;
  /** Takes the backup of another cluster too, into a lab; each time anew. */
  readonly drill?: boolean;
}

/** Decrypts a file of the backup. Throws TaskError if it is damaged, or if no key fits. */
async function plaintextOf(p: FromBackup, record: BackupRecord, name: string): Promise<ReadableStream<Uint8Array>> {
  const file = path.join(path.resolve(p.backup), name);
  if ((await sha256Of(file)) !== record.files[name])
    throw new TaskError(`${file} is damaged: its digest is not that of backup.json. Use another backup`);
  const keys: Keys = {
    passphrase: p.passphrase,
    ...(p.identityFile !== "" && { identities: await readFile(p.identityFile, "utf8") }),
  };
  try {
    return await decrypted(webStream(createReadStream(file)), keys);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TaskError(
      `${file} cannot be decrypted (${why}): set backup_identity_file to the file of the private key, or backup_passphrase`,
    );
  }
}

/** The mark of a folder that a drill made: a drill replaces no other one. */
const drillMark = "drill";
const markIn = ({ cluster }: FromBackup): string => path.join(clusterFolder(cluster), drillMark);

/** Empties the folder of the last drill. The mark stays, or comes first: a killed drill leaves a folder that it can replace. */
async function makeRoom(p: FromBackup, folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name !== drillMark) await rm(path.join(folder, name), { recursive: true, force: true });
  await writeFile(markIn(p), "", { mode: 0o600 });
}

/**
 * The cluster's folder alone. In a drill, the folder of the last one makes room, and the lab claims the new one. The
 * kubeconfigs stay out of it: they lead to the cluster itself.
 */
async function unpack(p: FromBackup, record: BackupRecord): Promise<void> {
  const folder = clusterFolder(p.cluster);
  const plain = await plaintextOf(p, record, controllerName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (p.drill) await makeRoom(p, folder);
  const inArchive = path.relative(".", clusterFolder(record.cluster));
  const unpacking = tar([
    ...["-xzf", "-", "-C", folder, "--no-same-owner"],
    `--strip-components=${String(inArchive.split("/").length)}`,
    ...(p.drill ? ["made-for", "kubeconfigs", "admin.kubeconfig"].map((name) => `--exclude=${inArchive}/${name}`) : []),
    inArchive,
  ]);
  await pipeline(nodeStream(plain), unpacking.input);
  await unpacking.done;
}

const caOf = ({ cluster }: FromBackup): string => `${pkiPath(cluster, "kubernetes-ca")}.crt`;

/** The controller's folder of the cluster, from the backup if the controller has lost it. An existing one stays as it is. */
export const controllerFolder = defineResource({
  kind: "cluster folder",
  label: ({ cluster }: FromBackup) => path.relative(".", clusterFolder(cluster)),
  needs: (p) => ({
    record: backupRecord(p.backup),
    ca: queries.controllerFile(caOf(p)),
    mark: queries.controllerFile(markIn(p)),
  }),
  diff: ({ record, ca, mark }, p): Difference[] => {
    checkCluster(record, p);
    if (p.drill && ca && !mark)
      throw new TaskError(
        `${path.relative(".", clusterFolder(p.cluster))} has the keys of a cluster, and no drill has made it: a drill would remove them. Give the drill a cluster_name of its own, as hosts.drill.yaml does`,
      );
    if ((p.drill || !ca) && isSnapshot(p.backup))
      throw new TaskError(
        p.drill
          ? `${p.backup} is a snapshot, which has no keys: a drill takes the folder of a backup`
          : `${path.relative(".", clusterFolder(p.cluster))} is lost, and a snapshot has no keys: restore a backup, or bring the folder back from one first`,
      );
    const after = `as in the backup of ${record.made}`;
    if (p.drill) return [{ what: "content", before: undefined, after, always: true }];
    return ca ? [] : [{ what: "state", before: "absent", after }];
  },
  apply: (_found, { record }, p) => [{ onController: () => unpack(p, record) }],
  effects: () => ["everything"],
  forecast: (_now, p) => ({
    ca: fileToCome(caOf(p)),
    ...(p.drill && { mark: fileToCome(markIn(p), 0o600) }),
  }),
});

/** On the controller, for as long as masters are restored. */
export const snapshotFile = (cluster: string): string => path.join(clusterFolder(cluster), "restore", "etcd.db");

/** The controller's folder stays as it is: its keys of encryption may be newer than those of the snapshot. */
const hasOlderKeys = ({ drill }: FromBackup): boolean => drill !== true;

/** The snapshot in plain text, and the keys by which its objects are encrypted. */
export const plainSnapshot = defineResource({
  kind: "snapshot",
  label: ({ backup }: FromBackup) => backup,
  needs: (p) => ({ record: backupRecord(p.backup), file: queries.controllerFile(snapshotFile(p.cluster)) }),
  diff: ({ record, file }, p): Difference[] => {
    checkCluster(record, p);
    return file?.sha256 === record.snapshot.sha256
      ? []
      : [{ what: "snapshot", before: undefined, after: record.snapshot.sha256 }];
  },
  apply: (_found, { record }, p) => [
    {
      onController: async () => {
        const to = snapshotFile(p.cluster);
        await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
        // Before the snapshot, so that a killed run does this again.
        if (hasOlderKeys(p) && isSnapshot(p.backup)) await addRetiredKeys(encryptionPath(p.cluster));
        else if (hasOlderKeys(p))
          await addKeys(await plaintextOf(p, record, controllerName), {
            cluster: record.cluster,
            file: encryptionPath(p.cluster),
            folder: path.join(path.dirname(to), "keys"),
          });
        const plain = isSnapshot(p.backup)
          ? webStream(createReadStream(path.resolve(p.backup)))
          : await plaintextOf(p, record, snapshotName);
        const digest = await writeStream(plain, `${to}.part`);
        if (digest !== record.snapshot.sha256)
          throw new TaskError("the snapshot is damaged: its digest is not that of backup.json");
        await rename(`${to}.part`, to);
      },
    },
  ],
  effects: (p) => [
    effect(queries.controllerFile(snapshotFile(p.cluster)), fileToCome(snapshotFile(p.cluster), 0o600)),
    ...(hasOlderKeys(p)
      ? [
          effect(encryptionState(encryptionPath(p.cluster)), unknown),
          effect(queries.controllerFile(encryptionPath(p.cluster)), unknown),
        ]
      : []),
  ],
  forecast: ({ record }) => ({ file: { sha256: record.snapshot.sha256, size: record.snapshot.size, mode: 0o600 } }),
});
