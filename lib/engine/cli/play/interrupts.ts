import { Interruption } from "../../runner/index.ts";

/** Milliseconds until a process that has nothing left to do has ended; work that nobody waits for may hold it. */
const exitPatience = 1000;

let interruption: Interruption | undefined;

/**
 * The first Ctrl-C begins no new steps, and gives the running ones some seconds to end. The second ends the program at
 * once.
 */
export function listenForInterrupts(seconds: number): void {
  if (interruption) return;
  const asked = new Interruption(seconds);
  interruption = asked;
  const ask = (): void => {
    if (stopping()) process.exit(99);
    interrupt();
    const end = `the running steps may end within ${String(seconds)} s, then they are ended`;
    console.error(`\nInterrupted: ${end}. Press Ctrl-C again to end at once.`);
  };
  process.on("SIGINT", ask).on("SIGTERM", ask);
  // A closed terminal often sends it twice: that is no request to end at once.
  process.on("SIGHUP", interrupt);
}

/** Ends the run in order, as the first Ctrl-C does. */
export function interrupt(): void {
  interruption?.request();
}

export const stopping = (): boolean => interruption?.requested.aborted ?? false;

/** Aborted once running steps must be ended. */
export const cutOff = (): AbortSignal | undefined => interruption?.cutOff;

/** Aborted with the first interrupt. */
export const requested = (): AbortSignal | undefined => interruption?.requested;

/** Ends the process after an interrupted run, even if a step that nobody waits for still holds it. */
export function exitAfterInterrupt(code: number): void {
  if (stopping()) setTimeout(() => process.exit(code), exitPatience).unref();
}
