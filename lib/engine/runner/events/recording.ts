import { reasonOf } from "./reason.ts";
import type { Emit, RunEvent } from "./events.ts";

/** Passes the events of a run on. If that fails, the run has to end; the work of hosts is never disturbed by it. */
export class Recording {
  readonly #take: Emit;
  #failed = false;
  #ended = false;

  constructor(take: Emit) {
    this.#take = take;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Ignores later events: of work that the run did not wait for. */
  end(): void {
    this.#ended = true;
  }

  /** Never throws. */
  readonly emit: Emit = (event: RunEvent) => {
    if (this.#ended) return;
    try {
      this.#take(event);
    } catch (error) {
      const isFirst = !this.#failed;
      this.#failed = true;
      if (isFirst)
        this.emit({
          type: "notice",
          message: `The run can no longer be recorded: ${reasonOf(error)}. It ends after the running steps.`,
        });
    }
  };
}
