import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two looks whether the run ends. */
const look = 250;

/** Gives whether it slept all the time: it ends at once where the run does. */
export async function sleepUnless(stopping: () => boolean, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; ;) {
    if (stopping()) return false;
    const left = end - Date.now();
    if (left <= 0) return true;
    await sleep(Math.min(left, look));
  }
}
