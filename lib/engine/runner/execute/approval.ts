import type { Difference, Step } from "../../tasks/resource.ts";
import type { PlannedTask } from "../plan/plan.ts";

/** A change that is about to be made to a host. */
export interface ComingChange {
  readonly planned: PlannedTask;
  /** Empty for an action, which compares nothing. */
  readonly differences: readonly Difference[];
  readonly steps: readonly Step[];
}

/** Runs before each change. If it rejects, the task fails and nothing is changed. */
export type Approve = (change: ComingChange) => Promise<void>;
