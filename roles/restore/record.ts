import { readFile } from "node:fs/promises";
import path from "node:path";
import { defineQuery, type Query, TaskError } from "kubeplay";
import { recordName, snapshotIn, type BackupRecord } from "#cluster/backup/place.ts";
import { snapshotDigests } from "#cluster/backup/streams.ts";

/** A snapshot as a master's timer has made it: the file has no record, and its name says what it is. */
async function readSnapshot(text: string): Promise<BackupRecord> {
  const file = path.resolve(text);
  const named = snapshotIn(path.basename(file));
  if (!named)
    throw new TaskError(
      `${file} has no name of a snapshot, expected one as its master gave it: production-20261130T124011Z.db`,
    );
  const found = await snapshotDigests(file).catch((error: unknown) => {
    throw new TaskError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!found.isWhole)
    throw new TaskError(`${file} is damaged: its digest is not that of its content. Use another snapshot`);
  const { size, sha256 } = found;
  return {
    ...named,
    kubernetes: "",
    etcd: "",
    inventory: "",
    snapshot: { size, sha256, revision: 0, keys: 0 },
    files: {},
  };
}

/** Whether it is a file of a snapshot, and no folder of a backup. */
export const isSnapshot = (backup: string): boolean => backup.endsWith(".db");

async function read(folder: string): Promise<BackupRecord> {
  if (isSnapshot(folder)) return readSnapshot(folder);
  const file = path.join(path.resolve(folder), recordName);
  try {
    return JSON.parse(await readFile(file, "utf8")) as BackupRecord;
  } catch (error) {
    throw new TaskError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}. Expected the folder of a backup: -e backup=backups/production-20261130T124011Z`,
    );
  }
}

const of = defineQuery<BackupRecord>({
  kind: "backup record",
  get: async (folders) =>
    new Map(await Promise.all(folders.map(async (folder) => [folder, await read(folder)] as const))),
});

/** What a backup in this folder is. */
export const backupRecord = (folder: string): Query<BackupRecord> => of(folder);

/** Throws TaskError if the backup is another cluster's; a drill takes those of all clusters. */
export function checkCluster(
  record: BackupRecord,
  { cluster, drill = false }: { readonly cluster: string; readonly drill?: boolean },
): void {
  if (!drill && record.cluster !== cluster)
    throw new TaskError(
      `the backup is of the cluster ${record.cluster}, but cluster_name is ${cluster}: use its inventory`,
    );
}
