import { setTimeout as sleep } from "node:timers/promises";

/** Seconds: for what never comes. A busy machine needs minutes for what takes a second elsewhere. */
const longest = 300;

/**
 * Waits until something holds, which `what` names: `until("the command runs", () => existsSync(file))`. Rejects after five
 * minutes.
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + longest * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`After ${String(longest)} seconds it does not hold: ${what}.`);
    await sleep(20);
  }
}
