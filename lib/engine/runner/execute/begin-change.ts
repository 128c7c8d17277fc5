import type { Difference } from "../../tasks/resource.ts";
import type { PendingHandlers } from "../handlers/pending-handlers.ts";
import type { Approve, ComingChange } from "./approval.ts";

export interface BeginOptions {
  readonly approve?: Approve | undefined;
  readonly announce?: (differences: readonly Difference[]) => void;
  readonly pendingHandlers: PendingHandlers;
}

/**
 * Begins a change of a locked host, in the order that holds for each: it is approved, the differences are announced, and
 * its handlers are notified, so that a change that is cut off half-way still has its handlers run later.
 * Rejects if the change must not be made; nothing was changed then. Returns a function that takes the notification back.
 */
export async function beginChange(
  change: ComingChange,
  { approve, announce, pendingHandlers }: BeginOptions,
): Promise<() => void> {
  const { planned, differences } = change;
  await approve?.(change);
  announce?.(differences);
  return pendingHandlers.add(planned.roleId, planned.task.handlers);
}
