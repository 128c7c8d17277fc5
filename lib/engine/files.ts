import { isUtf8 } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { InputError, TaskError } from "./errors.ts";

/** kubeplay's folder in the user's cache. An empty XDG_CACHE_HOME counts as unset, as the XDG specification says. */
export function cacheFolder({ XDG_CACHE_HOME: set = "" }: NodeJS.ProcessEnv = process.env): string {
  return path.join(set === "" ? path.join(homedir(), ".cache") : set, "kubeplay");
}

/** A path relative to `root`, or unchanged if it is outside of it. */
export function shownPath(file: string, root = process.cwd()): string {
  const relative = path.relative(root, file);
  return relative.startsWith("..") ? file : relative;
}

/** Characters; with an extension and an ending for temporary files, a name then has at most 255 bytes. */
const longestName = 200;

/** A file name for any text: the text itself if possible. Two texts never have the same name. */
export function fileNameOf(text: string): string {
  const wellFormed = text.replace(/\p{Cs}/gu, "\ufffd");
  const name = encodeURIComponent(wellFormed).replace(/^\.+$/, (dots) => dots.replaceAll(".", "%2E"));
  if (wellFormed === text && name.length > 0 && name.length <= longestName) return name;
  const digest = createHash("sha256").update(JSON.stringify(text)).digest("hex").slice(0, 32);
  return `${name.slice(0, longestName - digest.length - 1)}-${digest}`;
}

/** A text of the controller. Throws InputError with line and byte if it is not UTF-8; `shown` names the file. */
export function utf8Text(bytes: Uint8Array, shown: string): string {
  const wrong = notUtf8(bytes);
  if (!wrong) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const where = { file: shown, line: wrong.line };
  throw new InputError([{ message: `${wrong.byte} is not UTF-8: save the text as UTF-8`, where }]);
}

/** The first byte that UTF-8 does not have, such as "byte 7 (0xfc)", and its line, from 1; undefined if all are UTF-8. */
export function notUtf8(bytes: Uint8Array): { readonly byte: string; readonly line: number } | undefined {
  if (isUtf8(bytes)) return undefined;
  const wrong = firstWrongByte(bytes);
  return {
    byte: `byte ${String(wrong + 1)} (0x${(bytes[wrong] ?? 0).toString(16).padStart(2, "0")})`,
    line: bytes.subarray(0, wrong).reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 1),
  };
}

/** Where the first invalid sequence begins: it is the end of the longest part that is valid. */
function firstWrongByte(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (beginsValid(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  while (good > 0 && !isUtf8(bytes.subarray(0, good))) good--;
  return good;
}

/** Whether it is valid, or would be if its last character were complete. */
function beginsValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

export interface WriteOptions {
  /** The file's mode, regardless of the umask. */
  readonly mode?: number;
  /** The file's owner; the current user if absent. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** The mode of folders that are created for the file; the umask's default if absent. */
  readonly folderMode?: number;
}

/** Flushes a file, or the renames in a folder, to disk, so that they survive a power cut. */
export async function sync(target: string): Promise<void> {
  const handle = await open(target, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file of the controller atomically: a reader, or the next boot, finds the old or the complete new file. Parts
 * of a content are written as they come; if they fail, so does the write.
 */
export async function writeWhole(
  file: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  { mode = 0o644, folderMode, owner }: WriteOptions = {},
): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: folderMode });
    const handle = await open(temporary, "wx", mode);
    try {
      if (owner) await handle.chown(owner.uid, owner.gid);
      await handle.chmod(mode);
      await writeFile(handle, content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await sync(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new TaskError(`${file} could not be written: ${reason}. The old file, if there was one, is untouched.`);
  }
}

/** Replaces an existing file atomically and keeps its mode and owner. If it is a link, its target is replaced. */
export async function replaceWhole(file: string, content: string | Uint8Array): Promise<void> {
  const target = await realpath(file);
  const { mode, uid, gid } = await stat(target);
  await writeWhole(target, content, { mode: mode & 0o7777, owner: { uid, gid } });
}
