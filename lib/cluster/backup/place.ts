import path from "node:path";

/** What is known of a backup without its key: backup.json in its folder. */
export interface BackupRecord {
  readonly cluster: string;
  /** "2026-11-30T12:40:11Z" */
  readonly made: string;
  readonly kubernetes: string;
  readonly etcd: string;
  /** The inventory, relative to the project if it is in it. */
  readonly inventory: string;
  /** Of the snapshot: the bytes of the file, its SHA-256, and etcd's own figures. */
  readonly snapshot: {
    readonly size: number;
    readonly sha256: string;
    readonly revision: number;
    readonly keys: number;
  };
  /** SHA-256 of the encrypted files, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export const recordName = "backup.json";
export const snapshotName = "etcd.db.age";
export const controllerName = "controller.tar.gz.age";

/** The folder of a backup, by its time in UTC: backups/production-20261130T124011Z. */
export const backupFolder = (folder: string, cluster: string, made: Date): string =>
  path.resolve(folder, `${cluster}-${made.toISOString().replaceAll(/[-:]|\.\d+/g, "")}`);

/** Backups of a cluster among the names in a folder, oldest first; those of an interrupted run are not among them. */
export const backupsAmong = (names: readonly string[], cluster: string): string[] =>
  names
    .filter((name) => name.startsWith(`${cluster}-`) && /^\d{8}T\d{6}Z$/.test(name.slice(cluster.length + 1)))
    .sort();

/** What an interrupted run left. */
export const partialsAmong = (names: readonly string[], cluster: string): string[] =>
  names.filter((name) => name.startsWith(`${cluster}-`) && name.endsWith(".partial"));
