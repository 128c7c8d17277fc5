import { mkdir } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";

/**
 * Runs `work` while this process holds the named lock, which only one process of the machine can hold.
 * A child holds the kernel's lock and ends when its input does, so the lock is free again however this process dies.
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
