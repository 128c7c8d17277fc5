import { setTimeout as sleep } from "node:timers/promises";

/**
 * Milliseconds for which a connection that passes is tried again. sshd drops those beyond MaxStartups at random, of which
 * fifty hosts behind one bastion need some tries each, and refuses an address for 15 s at least after
 * PerSourcePenalties.
 */
const patience = 30_000;
/** Milliseconds: the first pause, and the longest. */
const [first, longest] = [250, 4000];

/** Whether an error of a connection that was being made may be gone with the next try. */
export function connectionPasses(error: { readonly message: string; readonly code?: string }): boolean {
  // What the two could not agree on stays so: "Handshake failed: no matching host key format".
  if (/handshake failed/i.test(error.message)) return false;
  return (
    error.code === "ECONNRESET" ||
    error.code === "EPIPE" ||
    /closed before|lost before handshake|socket hang up|kex_exchange_identification/i.test(error.message)
  );
}

/** Repeats work whose errors pass, with pauses that grow and differ, so that many who were dropped do not come back together. */
export async function again<T>(work: () => Promise<T>, passes: (error: unknown) => boolean): Promise<T> {
  const end = Date.now() + patience;
  for (let tries = 0; ; tries++)
    try {
      return await work();
    } catch (error) {
      const pause = Math.min(longest, first * 2 ** tries) * (0.5 + Math.random() / 2);
      if (!passes(error) || Date.now() + pause > end) throw error;
      await sleep(pause);
    }
}
