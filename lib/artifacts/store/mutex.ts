import { mkdir } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";

/**
 * Runs `work` while this process alone, of all processes of the machine, holds the named lock.
 * The kernel's lock is held by a child that ends when its input does: so it is free again however this process dies.
 */
export async function withLock<T>(
  folder: string,
  name: string,
  waiting: () => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name}.lock`);
  const holder = $({
    quiet: true,
    nothrow: true,
    stdio: ["pipe", "pipe", "pipe"],
    ...(signal && { signal }),
  })`flock ${file} sh -c 'echo held; cat'`;
  const patience = setTimeout(waiting, 500);
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once("data", () => {
        resolve();
      });
      holder.then(({ stderr }) => {
        reject(new PlayError(`${file}: cannot be locked: ${stderr.trim()} (flock is in the package util-linux)`));
      }, reject);
    });
    clearTimeout(patience);
    return await work();
  } finally {
    clearTimeout(patience);
    holder.stdin.end();
    await holder;
  }
}
