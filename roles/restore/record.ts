import { readFile } from "node:fs/promises";
import path from "node:path";
import { defineQuery, type Query, TaskError } from "kubeplay";
import { recordName, type BackupRecord } from "#cluster/backup/place.ts";

async function read(folder: string): Promise<BackupRecord> {
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

/** Throws TaskError if the backup is another cluster's. */
export function checkCluster(record: BackupRecord, cluster: string): void {
  if (record.cluster !== cluster)
    throw new TaskError(
      `the backup is of the cluster ${record.cluster}, but cluster_name is ${cluster}: use its inventory`,
    );
}
