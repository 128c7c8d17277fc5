import { randomBytes } from "node:crypto";
import { mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { TaskError } from "./errors.ts";

/** What the user's programs may fetch again: kubeplay's part of it. Empty counts as unset, as the XDG standard wants it. */
export function cacheFolder({ XDG_CACHE_HOME: set = "" }: NodeJS.ProcessEnv = process.env): string {
  return path.join(set === "" ? path.join(homedir(), ".cache") : set, "kubeplay");
}

/** A path as a person in the project's folder would write it. */
export function shownPath(file: string, root = process.cwd()): string {
  const relative = path.relative(root, file);
  return relative.startsWith("..") ? file : relative;
}

export interface WriteOptions {
  /** The file's mode, whatever the umask says. */
  readonly mode?: number;
  /** Whose it becomes; the user's own where absent. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** The mode of the folders that are made for it; what the umask leaves where absent. */
  readonly folderMode?: number;
}

/** Makes a file outlast a power cut, and a folder remember what was renamed in it. */
export async function sync(target: string): Promise<void> {
  const handle = await open(target, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file of the controller whole or not at all: a reader, or the next boot, finds the old one or all of the new one. */
export async function writeWhole(
  file: string,
  content: string | Uint8Array,
  { mode = 0o644, folderMode, owner }: WriteOptions = {},
): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: folderMode });
    const handle = await open(temporary, "wx", mode);
    try {
      if (owner) await handle.chown(owner.uid, owner.gid);
      await handle.chmod(mode);
      await handle.writeFile(content);
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

/** Writes what is there anew, with the mode and the owner that it has; a link stays one. */
export async function replaceWhole(file: string, content: string | Uint8Array): Promise<void> {
  const target = await realpath(file);
  const { mode, uid, gid } = await stat(target);
  await writeWhole(target, content, { mode: mode & 0o7777, owner: { uid, gid } });
}
