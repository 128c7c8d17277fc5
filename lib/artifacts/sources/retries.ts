import { setTimeout as pause } from "node:timers/promises";
import { TransientError } from "#engine/errors.ts";

export interface Patience {
  /** Number of tries in a row without progress, if failures are transient: a lost connection, HTTP 429 and 5xx. */
  readonly tries: number;
  /** Milliseconds before the second try; doubled before each further one. */
  readonly delay: number;
  /** Milliseconds without a byte until a transfer counts as hung. */
  readonly stall: number;
  /** Bytes per second: a transfer that is slower for `stall` milliseconds is interrupted, and continues. */
  readonly leastSpeed?: number;
}
export const patience: Patience = { tries: 4, delay: 1000, stall: 30_000, leastSpeed: 1000 };

/** Milliseconds that a server may ask to wait. */
const longestWait = 120_000;

/** A transient failure: a second try may succeed. */
export class RetryableError extends Error {
  /** What to do if it persists. */
  readonly remedy: string;
  /** Milliseconds that the server asks to wait. */
  readonly wait: number;
  /** Whether what has arrived so far is of no use. */
  readonly startsOver: boolean;
  constructor(
    message: string,
    {
      remedy = "Is the network up? Is a proxy needed?",
      wait = 0,
      startsOver = false,
      ...options
    }: ErrorOptions & { readonly remedy?: string; readonly wait?: number; readonly startsOver?: boolean } = {},
  ) {
    super(message, options);
    this.remedy = remedy;
    this.wait = wait;
    this.startsOver = startsOver;
  }
}

/** Reports a try that follows, and why: "try 2 of 4 in 1 s: HTTP 503". */
export type OnTry = (line: string) => void;

export interface Retries {
  readonly patience: Patience;
  readonly onTry?: OnTry | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** "2 h", "5 min", "8 s". */
const duration = (wait: number): string => {
  const seconds = Math.ceil(wait / 1000);
  if (seconds >= 5400) return `${String(Math.round(seconds / 3600))} h`;
  return seconds >= 90 ? `${String(Math.round(seconds / 60))} min` : `${String(seconds)} s`;
};

/** Repeats work while its failures are transient. `advanced` says whether the last try brought it on. */
export async function retried<T>(
  url: string,
  { patience: { tries, delay }, onTry = () => undefined, signal }: Retries,
  work: () => Promise<T>,
  advanced: () => boolean = () => false,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      if (advanced()) attempt = 1;
      const wait = Math.max(error.wait, delay * 2 ** (attempt - 1));
      if (error.wait > longestWait)
        throw new TransientError(
          `${url}: ${error.message}, and the server asks to wait ${duration(error.wait)}. ${error.remedy}`,
          { cause: error },
        );
      if (attempt >= tries)
        throw new TransientError(`${url}: not downloaded after ${tries} tries: ${error.message}. ${error.remedy}`, {
          cause: error,
        });
      onTry(`try ${attempt + 1} of ${tries}${wait > 0 ? ` in ${duration(wait)}` : ""}: ${error.message}`);
      await pause(wait, undefined, signal ? { signal } : {});
    }
  }
}
