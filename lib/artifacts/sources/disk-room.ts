import { statfs } from "node:fs/promises";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const remedy = "Free some space, or keep the cache on another disk: XDG_CACHE_HOME=/other/disk. Nothing was stored.";

const full = ["ENOSPC", "EDQUOT", "EFBIG"];

/** The error of a write that failed because the disk, or the user's share of it, is full; undefined for all others. */
export function diskFull(file: string, error: unknown): PlayError | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!full.includes(code)) return undefined;
  return new PlayError(`${file}: cannot be written (${code}): the disk of ${path.dirname(file)} is full. ${remedy}`);
}

/** Throws PlayError if a file of this size does not fit on its disk. */
export async function checkRoom(file: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(path.dirname(file));
  const free = bavail * bsize;
  if (bytes <= free) return;
  throw new PlayError(
    `${file}: needs ${megabytes(bytes)}, but only ${megabytes(free)} are free in ${path.dirname(file)}. ${remedy}`,
  );
}
