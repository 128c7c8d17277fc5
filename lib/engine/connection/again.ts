import { setTimeout as sleep } from "node:timers/promises";

/**
 * Seconds during which a transient connection error is retried. sshd drops connections beyond MaxStartups at random, so
 * fifty hosts behind one bastion need a few tries each. After PerSourcePenalties it refuses an address for at least 15 s.
 */
const usualPatience = 30;
/** Milliseconds: the first pause, and the longest. */
const [first, longest] = [250, 4000];

/** Whether a connection attempt failed with a transient error: the next try may succeed. */
export function connectionPasses(error: { readonly message: string; readonly code?: string }): boolean {
  // Client and server will not agree on the next try either: "Handshake failed: no matching host key format".
  if (/handshake failed/i.test(error.message)) return false;
  return (
    error.code === "ECONNRESET" ||
    error.code === "EPIPE" ||
    /closed before|lost before handshake|socket hang up|kex_exchange_identification/i.test(error.message)
  );
}

/** Retries work while its errors are transient. Pauses grow and vary, so that dropped hosts do not return together. */
export async function again<T>(
  work: () => Promise<T>,
  passes: (error: unknown) => boolean,
  seconds = usualPatience,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (let tries = 0; ; tries++)
    try {
      return await work();
    } catch (error) {
      const pause = Math.min(longest, first * 2 ** tries) * (0.5 + Math.random() / 2);
      if (!passes(error) || Date.now() + pause > end) throw error;
      await sleep(pause);
    }
}
