import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { InputError, quote, TaskError } from "kubeplay";
import { readFromS3, s3Folder, type S3Folder, type S3Options } from "./over-s3.ts";
import { sshArguments, sshFolder, type SshFolder } from "./over-ssh.ts";
import { isBackupName } from "./place.ts";
import { tar } from "./streams.ts";

/** A backup in one of the places to which the playbook backup copies. */
export interface Elsewhere {
  /** "production-20261130T124011Z" */
  readonly name: string;
  /** As it was given: "s3://bucket/folder/production-20261130T124011Z". */
  readonly text: string;
  readonly from: { readonly s3: S3Folder } | { readonly ssh: SshFolder };
}

export interface Reach {
  readonly sshOptions: readonly string[];
  readonly s3: S3Options;
}

const isUrl = (text: string): boolean => /^[a-z0-9]+:\/\//.test(text);
/** As scp reads it: a colon before the first slash. */
const isOnHost = (text: string): boolean => /^([^/:]+|[^/]*\[[^/\]]+\]):/.test(text);

/**
 * Reads "s3://bucket/folder/production-20261130T124011Z" or "user@host:/folder/production-20261130T124011Z"; undefined for
 * a folder on the controller. Throws InputError for a place without the name of a backup.
 *
 * @example
 * elsewhere("s3://backups/eu/production-20261130T124011Z", { sshOptions: [], s3: { endpoint: "", region: "" } });
 */
export function elsewhere(text: string, { sshOptions, s3 }: Reach): Elsewhere | undefined {
  if (!isUrl(text) && !isOnHost(text)) return undefined;
  const trimmed = text.replace(/\/+$/, "");
  const name = path.posix.basename(trimmed);
  const place = trimmed.slice(0, -name.length).replace(/\/+$/, "");
  if (!isBackupName(name) || (isUrl(text) && !text.startsWith("s3://")))
    throw new InputError([
      {
        message: `backup: ${JSON.stringify(text)} names no backup elsewhere, expected such as s3://bucket/folder/production-20261130T124011Z or user@host:/folder/production-20261130T124011Z`,
      },
    ]);
  const bucket = isUrl(text) ? s3Folder(place, s3) : undefined;
  const ssh = bucket ? undefined : sshFolder(place, sshOptions);
  return bucket ? { name, text, from: { s3: bucket } } : ssh && { name, text, from: { ssh } };
}

async function overSsh({ destination, folder, options }: SshFolder, name: string, to: string): Promise<void> {
  const command = `cd -- ${quote(folder)} && exec tar -cf - -- ${quote(name)}`;
  const child = spawn("ssh", [...sshArguments(options), destination, command], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "close") as Promise<[code: number | null]>;
  const unpacking = tar(["-xf", "-", "-C", to, "--strip-components=1", "--no-same-owner"]);
  // If ssh ends early, its own words say why.
  const received = pipeline(child.stdout, unpacking.input).catch(() => undefined);
  const [code] = await ended;
  await received;
  if (code !== 0) throw new Error(said.trim() || `ssh ended with ${String(code)}`);
  await unpacking.done;
}

/**
 * Brings the backup into a folder of the controller, as it is: encrypted. The folder has its name only once it is whole.
 * Rejects with TaskError.
 */
export async function bringBackup({ name, text, from }: Elsewhere, to: string): Promise<void> {
  const partial = `${to}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  const write = (file: string, content: Readable): Promise<void> =>
    pipeline(content, createWriteStream(path.join(partial, file), { mode: 0o600, flush: true }));
  try {
    if ("s3" in from) await readFromS3(from.s3, name, write);
    else await overSsh(from.ssh, name, partial);
  } catch (error) {
    const { name: code, message } = error as Error;
    throw new TaskError(`${text} cannot be brought here: ${code === "Error" ? "" : `${code}: `}${message}`);
  }
  await rename(partial, to);
}
