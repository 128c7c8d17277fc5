import type { Difference, Step } from "../../tasks/resource.ts";
import type { PendingHandlers } from "../handlers/pending-handlers.ts";
import type { Approve, ComingChange } from "./approval.ts";
import type { TaskTarget } from "./task-targets.ts";

export interface BeginOptions {
  readonly approve?: Approve | undefined;
  readonly target: Pick<TaskTarget, "lock">;
  readonly announce?: (differences: readonly Difference[]) => void;
  readonly pendingHandlers: PendingHandlers;
}

/**
 * Begins a change, in the order that holds for each: it is approved, the host is locked, the differences are announced, and
 * its handlers are notified, so that a change that is cut off half-way still has its handlers run later.
 * Rejects if the change must not be made; nothing was changed then. Returns a function that takes the notification back.
 */
export async function beginChange(
  change: ComingChange & { readonly steps: readonly Step[] },
  { approve, target, announce, pendingHandlers }: BeginOptions,
): Promise<() => void> {
  const { planned, differences, steps } = change;
  await approve?.(change);
  await target.lock(steps);
  announce?.(differences);
  return pendingHandlers.add(planned.roleId, planned.task.handlers);
}
