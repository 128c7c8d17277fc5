import type { Difference, Step } from "../../tasks/resource.ts";
import type { PlannedTask } from "../plan/plan.ts";

/** What is about to be done to a host. */
export interface ComingChange {
  readonly planned: PlannedTask;
  /** None of an action, which compares nothing. */
  readonly differences: readonly Difference[];
  readonly steps: readonly Step[];
}

/** Comes before each change, and before its handlers are owed: where it rejects, the task has failed and nothing was done. */
export type Approve = (change: ComingChange) => Promise<void>;
