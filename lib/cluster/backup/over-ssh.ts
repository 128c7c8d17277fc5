import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { InputError, quote, TaskError } from "kubeplay";
import { tar } from "./streams.ts";

/** A folder on another machine, which the controller's ssh reaches without a question. */
export interface SshFolder {
  /** As ssh takes it: "backup@vault.example.org", or a name of ~/.ssh/config. */
  readonly destination: string;
  readonly folder: string;
  /** More arguments for ssh, such as ["-p", "2222"]. */
  readonly options: readonly string[];
}

/**
 * Reads "backup@vault.example.org:/srv/backups"; undefined for "". Throws InputError for other texts.
 *
 * @example
 * sshFolder("vault:/srv/backups", ["-i", "key"]); // { destination: "vault", folder: "/srv/backups", options: ["-i", "key"] }
 */
export function sshFolder(text: string, options: readonly string[]): SshFolder | undefined {
  if (text === "") return undefined;
  const [, destination, folder] = /^([^-\s:][^\s:]*|[^-\s@]+@\[[0-9a-fA-F:.]+\]):(\/.*[^/])$/.exec(text) ?? [];
  if (destination === undefined || folder === undefined)
    throw new InputError([
      {
        message: `backup_ssh: ${JSON.stringify(text)} is no folder on another machine, expected user@host:/folder`,
      },
    ]);
  return { destination: destination.replaceAll(/[[\]]/g, ""), folder, options };
}

/** The arguments before the destination: ssh never asks. */
export const sshArguments = (options: readonly string[]): readonly string[] => [
  ...["-o", "BatchMode=yes", "-o", "ConnectTimeout=20"],
  ...options,
  "--",
];

/** A backup's time in its name, as a pattern of the shell. */
const stamp = `${"[0-9]".repeat(8)}T${"[0-9]".repeat(6)}Z`;

/** Takes a backup from its input. It has its name only once it is whole; the oldest ones beyond `keep` are removed. */
const receive = (folder: string, cluster: string, name: string, keep: number): string =>
  [
    `set -e; umask 077; mkdir -p -- ${quote(folder)}; cd -- ${quote(folder)}`,
    `rm -rf -- ${quote(cluster)}-${stamp}.partial; mkdir -- ${quote(`${name}.partial`)}`,
    `tar -xf - -C ${quote(`${name}.partial`)} --strip-components=1`,
    `[ -s ${quote(`${name}.partial/backup.json`)} ]`,
    `rm -rf -- ${quote(name)}; mv -- ${quote(`${name}.partial`)} ${quote(name)}`,
    `ls -1 | grep -E ${quote(`^${cluster.replaceAll(".", "\\.")}-[0-9]{8}T[0-9]{6}Z$`)} | sort -r | tail -n +${String(keep + 1)} | while read -r old; do rm -rf -- "$old"; done`,
  ].join("\n");

export interface Copied {
  readonly cluster: string;
  /** The folder of the backup on the controller. */
  readonly backup: string;
  readonly keep: number;
}

/** Copies a backup to the folder. Rejects with TaskError if it did not arrive as a whole. */
export async function copyOverSsh({ destination, folder, options }: SshFolder, p: Copied): Promise<void> {
  const name = path.basename(p.backup);
  const child = spawn("ssh", [...sshArguments(options), destination, receive(folder, p.cluster, name, p.keep)], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "close") as Promise<[code: number | null]>;
  const archive = tar(["-cf", "-", "-C", path.dirname(p.backup), name]);
  archive.input.end();
  // If ssh ends early, its own words say why.
  const sent = pipeline(archive.output, child.stdin).catch(() => undefined);
  const [code] = await ended.catch((error: unknown) => {
    throw new TaskError(`ssh cannot be started: ${error instanceof Error ? error.message : String(error)}`);
  });
  await sent;
  if (code !== 0)
    throw new TaskError(
      `the backup is in ${p.backup}, but it could not be copied to ${destination}:${folder}: ${said.trim() || `ssh ended with ${String(code)}`}. Try: ssh ${destination} true`,
    );
  await archive.done;
}
