import type { TagFilter } from "./plan.ts";

/** How a run shall go; the command line's flags by their long names. */
export interface RunOptions extends TagFilter {
  readonly check: boolean;
  readonly diff: boolean;
  /** So many hosts at once. */
  readonly forks: number;
  /** A pattern that narrows every play's hosts. */
  readonly limit?: string;
  /** Handlers run also on hosts where a task failed. */
  readonly forceHandlers?: boolean;
  /** Begin at the first task of this name; `*` stands for any text. */
  readonly startAtTask?: string;
}
