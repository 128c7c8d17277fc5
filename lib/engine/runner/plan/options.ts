import type { TagFilter } from "./plan.ts";

/** The options of a run: the command line's flags by their long names. */
export interface RunOptions extends TagFilter {
  readonly check: boolean;
  readonly diff: boolean;
  /** 1 to 3: what events tell of steps and questions. See StepLog. */
  readonly verbose?: number;
  /** The number of hosts that work at the same time. */
  readonly forks: number;
  /** A pattern that narrows every play's hosts. */
  readonly limit?: string;
  /** Handlers also run on hosts where a task failed. */
  readonly forceHandlers?: boolean;
  /** Start at the first task of this name; `*` stands for any text. */
  readonly startAtTask?: string;
}
