import type { Taken, Watch } from "../../connection/lock.ts";
import { settlesWithin } from "../../connection/settles-within.ts";
import type { Writer } from "../../connection/types.ts";

/** Milliseconds for a host to release a lock; after that its end of the connection does. */
const grace = 2000;

/** A lock that this run has. */
export interface Held {
  readonly writer: Writer;
  readonly taken: Taken;
  /** Absent on the controller, which notices the end of the run by itself. */
  readonly watch: Watch | undefined;
}

export const giveBack = async ({ writer, watch }: Held): Promise<void> => {
  watch?.end();
  await unlock(writer);
};

/** Resolves when the host has released its lock, or after a while. */
export async function unlock(writer: Writer): Promise<void> {
  const unlocked = writer.unlock?.().catch(() => undefined);
  if (unlocked) await settlesWithin(unlocked, grace);
}
