import { setMaxListeners } from "node:events";
import { InterruptedError } from "../errors.ts";

/** A signal for everything that works at the same time, on any number of hosts. */
export function sharedSignal(controller: AbortController): AbortSignal {
  setMaxListeners(0, controller.signal);
  return controller.signal;
}

/** Calls back once the signal is aborted, at once if it is already. Returns a function that forgets the callback. */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal?.aborted) callback();
  else signal?.addEventListener("abort", callback, { once: true });
  return () => signal?.removeEventListener("abort", callback);
}

/**
 * Settles as the work does. Rejects with InterruptedError if the signal is aborted first: then the work does not begin, or
 * goes on by itself.
 */
export async function unlessInterrupted<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal?.aborted) throw new InterruptedError("Not begun: the run was interrupted.");
  let forget = (): void => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    forget = onAbort(signal, () => {
      reject(new InterruptedError("The run was interrupted."));
    });
  });
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    forget();
  }
}
