/** What a client saw of one kind of request. */
export interface Tally {
  readonly requests: number;
  /** Failed at the first try, and after one retry on a new connection too. */
  readonly failed: number;
  readonly failedTwice: number;
  /** Milliseconds, the longest between two requests that succeeded. */
  readonly longestGap: number;
  /** How often each reason was given, by the minute: "12:40 ECONNRESET". */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Undefined for a success, otherwise why it failed. */
export type Outcome = string | undefined;

/** Counts requests, each with one retry if `retry` is given. */
export function counter() {
  let [requests, failed, failedTwice, longestGap, last] = [0, 0, 0, 0, Date.now()];
  const reasons: Record<string, number> = {};
  /** By the minute, which shows what was being done then. */
  const note = (why: string): void => {
    const reason = `${new Date().toISOString().slice(11, 16)} ${why}`;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  };
  const succeeded = (): void => {
    longestGap = Math.max(longestGap, Date.now() - last);
    last = Date.now();
  };
  return {
    count: async (first: () => Promise<Outcome>, retry?: () => Promise<Outcome>): Promise<boolean> => {
      requests++;
      const problem = await first();
      if (problem === undefined) {
        succeeded();
        return true;
      }
      failed++;
      note(problem);
      if (!retry) return false;
      const again = await retry();
      if (again === undefined) succeeded();
      else {
        failedTwice++;
        note(`again: ${again}`);
      }
      return again === undefined;
    },
    tally: (): Tally => ({ requests, failed, failedTwice, longestGap, reasons }),
  };
}
