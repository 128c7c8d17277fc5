import { createReadStream } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { defineResource, type Difference, effect, queries, TaskError } from "kubeplay";
import { fileToCome } from "#engine/queries/controller-file.ts";
import { decrypted, type Keys } from "#cluster/backup/encryption.ts";
import { controllerName, snapshotName, type BackupRecord } from "#cluster/backup/place.ts";
import { nodeStream, sha256Of, tar, webStream, writeStream } from "#cluster/backup/streams.ts";
import { clusterFolder, pkiPath } from "#cluster/paths.ts";
import { backupRecord, checkCluster, isSnapshot } from "./record.ts";

export interface FromBackup {
  readonly cluster: string;
  /** The folder of the backup. */
  readonly backup: string;
  /** A file of age identities on the controller. */
  readonly identityFile: string;
  readonly passphrase?: string | undefined;
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

async function unpack(p: FromBackup, record: BackupRecord): Promise<void> {
  const plain = await plaintextOf(p, record, controllerName);
  const unpacking = tar([
    "-xzf",
    "-",
    "-C",
    process.cwd(),
    "--no-same-owner",
    path.relative(".", clusterFolder(p.cluster)),
  ]);
  await pipeline(nodeStream(plain), unpacking.input);
  await unpacking.done;
}

const caOf = ({ cluster }: FromBackup): string => `${pkiPath(cluster, "kubernetes-ca")}.crt`;

/** The controller's folder of the cluster, from the backup if the controller has lost it. An existing one stays as it is. */
export const controllerFolder = defineResource({
  kind: "cluster folder",
  label: ({ cluster }: FromBackup) => path.relative(".", clusterFolder(cluster)),
  needs: (p) => ({ record: backupRecord(p.backup), ca: queries.controllerFile(caOf(p)) }),
  diff: ({ record, ca }, p): Difference[] => {
    checkCluster(record, p.cluster);
    if (!ca && isSnapshot(p.backup))
      throw new TaskError(
        `${path.relative(".", clusterFolder(p.cluster))} is lost, and a snapshot has no keys: restore a backup, or bring the folder back from one first`,
      );
    return ca ? [] : [{ what: "state", before: "absent", after: `as in the backup of ${record.made}` }];
  },
  apply: (_found, { record }, p) => [{ onController: () => unpack(p, record) }],
  effects: () => ["everything"],
  forecast: (_now, p) => ({ ca: fileToCome(caOf(p)) }),
});

/** On the controller, for as long as masters are restored. */
export const snapshotFile = (cluster: string): string => path.join(clusterFolder(cluster), "restore", "etcd.db");

/** The snapshot in plain text. */
export const plainSnapshot = defineResource({
  kind: "snapshot",
  label: ({ backup }: FromBackup) => backup,
  needs: (p) => ({ record: backupRecord(p.backup), file: queries.controllerFile(snapshotFile(p.cluster)) }),
  diff: ({ record, file }, p): Difference[] => {
    checkCluster(record, p.cluster);
    return file?.sha256 === record.snapshot.sha256
      ? []
      : [{ what: "snapshot", before: undefined, after: record.snapshot.sha256 }];
  },
  apply: (_found, { record }, p) => [
    {
      onController: async () => {
        const to = snapshotFile(p.cluster);
        await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
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
  effects: (p) => [effect(queries.controllerFile(snapshotFile(p.cluster)), fileToCome(snapshotFile(p.cluster), 0o600))],
  forecast: ({ record }) => ({ file: { sha256: record.snapshot.sha256, size: record.snapshot.size, mode: 0o600 } }),
});
