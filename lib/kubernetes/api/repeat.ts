import { TaskError, TransientError } from "#engine/errors.ts";
import { givenUp } from "./answers.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { sleepUnless } from "#engine/tasks/sleep-unless.ts";
import { Patience, pauseBefore } from "./patience.ts";

/**
 * A failure that may not occur on another try: `repeat` tries again.
 *
 * @example
 * if (stderr.includes("etcdserver: no leader")) throw new PassingFailure(stderr);
 */
export class PassingFailure extends TaskError {
  override name = "PassingFailure";
}

/** Milliseconds after which each failure is reported. */
const quiet = 10_000;

/**
 * Repeats work while it rejects with PassingFailure, for at most `seconds`. Use it for programs that ask the API and do
 * not retry themselves. Throws TransientError when the time is over, and the last failure if the run stops. Throws all
 * other errors at once.
 *
 * @example
 * const token = await repeat(() => createToken(), 120, { progress, stopping });
 */
export async function repeat<T>(
  work: () => Promise<T>,
  seconds: number,
  { progress, stopping }: WaitOptions,
): Promise<T> {
  const patience = new Patience(seconds);
  for (let tries = 0; ; tries++) {
    const began = Date.now();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      const { tried, left } = patience.failed(began);
      if (left === 0) throw new TransientError(`${error.message} (${givenUp(tried / 1000)})`);
      if (tried >= quiet) progress(`${String(Math.round(tried / 1000))} of ${String(seconds)} s: ${error.message}`);
      if (!(await sleepUnless(stopping, Math.min(pauseBefore(tries), left)))) throw error;
    }
  }
}
