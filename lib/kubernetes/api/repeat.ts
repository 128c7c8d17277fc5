import { TaskError, TransientError } from "#engine/errors.ts";
import { givenUp } from "./answers.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { sleepUnless } from "#engine/tasks/sleep-unless.ts";
import { Patience, pauseBefore } from "./patience.ts";

/** Work failed in a way that another try may not. */
export class PassingFailure extends TaskError {
  override name = "PassingFailure";
}

/** Milliseconds after which each failure is reported. */
const quiet = 10_000;

/** Repeats work that rejects with PassingFailure, for so many seconds: a program that asks the API, and cannot wait itself. */
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
