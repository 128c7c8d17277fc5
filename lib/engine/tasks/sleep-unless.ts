import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two checks whether the run is stopping. */
const look = 250;

/** Sleeps, but returns early if the run is stopping. Resolves to whether it slept the whole time. */
export async function sleepUnless(stopping: () => boolean, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; ;) {
    if (stopping()) return false;
    const left = end - Date.now();
    if (left <= 0) return true;
    await sleep(Math.min(left, look));
  }
}
