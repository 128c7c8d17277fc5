import { InterruptedError } from "#engine/errors.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work that Ctrl-C, `kill` or a closed terminal ends in order: its signal is aborted, and it rejects with
 * InterruptedError once it has ended. A second Ctrl-C ends the program at once.
 *
 * @example
 * await interruptible("bundle.tar was not written", (signal) => write("bundle.tar", signal));
 */
export async function interruptible<T>(left: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const ask = (name: NodeJS.Signals): void => {
    // A closed terminal often sends SIGHUP twice: that is no request to end at once.
    if (stop.signal.aborted && name !== "SIGHUP") process.exit(99);
    stop.abort(new InterruptedError(`interrupted: ${left}`));
  };
  for (const name of signals) process.on(name, ask);
  try {
    return await work(stop.signal);
  } catch (error) {
    // Ctrl-C reaches the programs that the work runs too, so what failed first may be one of them.
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    for (const name of signals) process.off(name, ask);
  }
}
