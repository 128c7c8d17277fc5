import { TaskError } from "../errors.ts";
import type { WaitOptions } from "../queries/define.ts";
import { sleepUnless } from "./sleep-unless.ts";

export interface Limits {
  /** Seconds. */
  readonly within: number;
  /** Milliseconds between two calls of `look`. */
  readonly every: number;
  /** Milliseconds after which the wait is reported. */
  readonly quiet?: number;
}

/**
 * Calls `look` until it resolves to undefined; until then it describes what is awaited. Resolves to the last
 * description if the time is over, else to undefined. Rejects with TaskError if the run is stopping.
 *
 * @example
 * const left = await waitUntil(look, { within: 60, every: 1000 }, { progress, stopping });
 * if (left !== undefined) throw new TaskError(`not ready after 60 s: ${left}`);
 */
export async function waitUntil(
  look: () => Promise<string | undefined>,
  { within, every, quiet = 10_000 }: Limits,
  { progress, stopping }: WaitOptions,
): Promise<string | undefined> {
  for (const started = Date.now(); ;) {
    const left = await look();
    if (left === undefined) return undefined;
    const waited = Date.now() - started;
    if (waited > within * 1000) return left;
    if (waited >= quiet) progress(`${left} (${String(Math.round(waited / 1000))} of ${String(within)} s)`);
    if (!(await sleepUnless(stopping, every))) throw new TaskError(`the run was stopped while it waited: ${left}`);
  }
}
