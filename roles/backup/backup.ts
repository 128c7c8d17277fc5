import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { defineResource, quote, TaskError, type Result, type Step, type Writer } from "kubeplay";
import { etcdPki } from "#cluster/etcd-members.ts";
import { controllerArchive } from "#cluster/backup/controller-files.ts";
import { encrypted, type Readers } from "#cluster/backup/encryption.ts";
import {
  backupFolder,
  backupsAmong,
  controllerName,
  partialsAmong,
  recordName,
  snapshotName,
  type BackupRecord,
} from "#cluster/backup/place.ts";
import { copyToAll } from "#cluster/backup/copies.ts";
import type { S3Folder } from "#cluster/backup/over-s3.ts";
import type { SshFolder } from "#cluster/backup/over-ssh.ts";
import { bytesOf, digesting, webStream, writeStream } from "#cluster/backup/streams.ts";

const program = readFileSync(path.join(import.meta.dirname, "files/snapshot.sh"), "utf8");
/** On the master, for as long as the snapshot travels. */
export const folder = "/var/lib/kubeplay-backup";

export interface BackupProps {
  readonly cluster: string;
  readonly readers: Readers;
  /** On the controller. */
  readonly folder: string;
  readonly keep: number;
  /** Each backup is copied there. */
  readonly copy?: SshFolder | undefined;
  readonly s3?: S3Folder | undefined;
  readonly inventory: string;
  readonly versions: Pick<BackupRecord, "kubernetes" | "etcd">;
  readonly binDir: string;
  /** The URLs of the members, the host's own first. */
  readonly endpoints: readonly string[];
}

type Snapshot = BackupRecord["snapshot"];

/** The last line that the program printed. */
export function snapshotFrom(stdout: string): Snapshot {
  const [, size, sha256, status] = /^(\d+) ([0-9a-f]{64}) (\{.*\})$/.exec(stdout.trim().split("\n").at(-1) ?? "") ?? [];
  if (size === undefined || sha256 === undefined || status === undefined)
    throw new TaskError(`the snapshot's status cannot be read: ${stdout.trim().slice(-300)}`);
  const { revision, totalKey } = JSON.parse(status) as { readonly revision: number; readonly totalKey: number };
  return { size: Number(size), sha256, revision, keys: totalKey };
}

const takeSnapshot = ({ binDir, endpoints }: BackupProps): string =>
  [
    `etcdctl=${quote(`${binDir}/etcdctl`)} etcdutl=${quote(`${binDir}/etcdutl`)} pki=${quote(etcdPki)} folder=${quote(folder)}`,
    `endpoints=${quote(endpoints.join(" "))}`,
    program,
  ].join("\n");

/** Encrypted before it reaches the controller's disk. */
async function bring(host: Writer, { size, sha256 }: Snapshot, to: string, readers: Readers): Promise<string> {
  const { stream, sha256: digest } = digesting();
  const source = Readable.from(bytesOf(host, `${folder}/etcd.db`, size)).pipe(stream);
  const file = await writeStream(await encrypted(webStream(source), readers), to);
  if (digest() !== sha256) throw new TaskError("the snapshot has changed on its way from the host: run again");
  return file;
}

async function addController(p: BackupProps, to: string): Promise<string> {
  const archive = controllerArchive(p.cluster, p.inventory);
  const digest = await writeStream(await encrypted(webStream(archive.output), p.readers), to);
  await archive.done;
  return digest;
}

/** Removes the oldest backups and what interrupted runs left. */
async function prune({ folder: parent, cluster, keep }: BackupProps): Promise<void> {
  const names = await readdir(parent);
  const old = backupsAmong(names, cluster).slice(0, -keep);
  for (const name of [...old, ...partialsAmong(names, cluster)])
    await rm(path.join(parent, name), { recursive: true, force: true });
}

function stepsOf(p: BackupProps): Step[] {
  const made = new Date();
  const to = backupFolder(p.folder, p.cluster, made);
  const partial = `${to}.partial`;
  let snapshot: Snapshot | undefined;
  const files: Record<string, string> = {};
  return [
    {
      overConnection: async (host, { progress }): Promise<Result> => {
        progress("etcd writes a snapshot");
        const result = await host.run(takeSnapshot(p));
        if (result.code !== 0) return result;
        snapshot = snapshotFrom(result.stdout);
        progress(`the snapshot travels: ${Math.ceil(snapshot.size / 1e6)} MB`);
        await mkdir(partial, { recursive: true, mode: 0o700 });
        try {
          files[snapshotName] = await bring(host, snapshot, path.join(partial, snapshotName), p.readers);
        } finally {
          await host.run(`rm -rf -- ${folder}`);
        }
        return result;
      },
    },
    {
      onController: async (progress) => {
        if (!snapshot) throw new TaskError("there is no snapshot");
        files[controllerName] = await addController(p, path.join(partial, controllerName));
        const record: BackupRecord = {
          cluster: p.cluster,
          made: made.toISOString().replace(/\.\d+/, ""),
          ...p.versions,
          inventory: p.inventory,
          snapshot,
          files,
        };
        await writeFile(path.join(partial, recordName), `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
        await rename(partial, to);
        await prune(p);
        await copyToAll({ ssh: p.copy, s3: p.s3 }, { cluster: p.cluster, backup: to, keep: p.keep }, progress);
      },
    },
  ];
}

/** A backup of the cluster in a folder of the controller. Each run makes one. Runs on a master. */
export const backup = defineResource({
  kind: "backup",
  label: ({ cluster, folder: parent }: BackupProps) =>
    `${path.relative(".", path.resolve(parent)) || "."}/${cluster}-…`,
  needs: () => ({}),
  diff: () => [{ what: "backup", before: undefined, after: "a new one", always: true }],
  apply: (_found, _now, p) => stepsOf(p),
  forecast: () => ({}),
});
