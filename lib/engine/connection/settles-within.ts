import { setTimeout as sleep } from "node:timers/promises";

/** Whether work settles within some milliseconds. It goes on by itself if not. Rejects if the work does in time. */
export async function settlesWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const late = new AbortController();
  const timer = sleep(milliseconds, false, { signal: late.signal });
  try {
    return await Promise.race([work.then(() => true), timer]);
  } finally {
    timer.catch(() => undefined);
    late.abort();
  }
}
