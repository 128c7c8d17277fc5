import type { Difference, Step } from "../../tasks/resource.ts";
import type { PlannedTask } from "../plan/plan.ts";

/** A change that is about to be made to a host, or that a check predicts. */
export interface ComingChange {
  readonly planned: PlannedTask;
  /** Empty for an action, which compares nothing. */
  readonly differences: readonly Difference[];
  /** Absent in a check that cannot predict them. */
  readonly steps?: readonly Step[] | undefined;
}

/** Runs before each change, and in a check before each predicted one. If it rejects, the task fails and nothing is changed. */
export type Approve = (change: ComingChange) => Promise<void>;
