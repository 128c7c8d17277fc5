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

/** Of "production" only: "production-2-20261130T124011Z" is another cluster's. */
const isOf = (name: string, cluster: string): boolean =>
  name.startsWith(`${cluster}-`) && /^\d{8}T\d{6}Z$/.test(name.slice(cluster.length + 1));

/** Whether it is the name of a backup's folder: "production-20261130T124011Z". */
export const isBackupName = (name: string): boolean => /^[^/:]+-\d{8}T\d{6}Z$/.test(name);

const partial = ".partial";

/** Whose snapshot a file of a master's timer is, and its time, by its name: "production-20261130T124011Z.db". */
export function snapshotIn(name: string): Pick<BackupRecord, "cluster" | "made"> | undefined {
  const [, cluster, ...time] = /^(.+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.db$/.exec(name) ?? [];
  if (cluster === undefined) return undefined;
  return { cluster, made: `${time.slice(0, 3).join("-")}T${time.slice(3).join(":")}Z` };
}

/** Backups of a cluster among the names in a folder, oldest first; those of an interrupted run are not among them. */
export const backupsAmong = (names: readonly string[], cluster: string): string[] =>
  names.filter((name) => isOf(name, cluster)).sort();

/** What an interrupted run left. */
export const partialsAmong = (names: readonly string[], cluster: string): string[] =>
  names.filter((name) => name.endsWith(partial) && isOf(name.slice(0, -partial.length), cluster));
