import type { MadeOutput } from "../../tasks/output.ts";
import type { Barriers } from "./barriers.ts";

/** The result of a task that one host runs for all. */
export interface Shared {
  readonly host: string;
  readonly outcome: string;
  readonly output: MadeOutput | undefined;
}

/** Chooses the host that runs a task for its batch: the first that still reaches it. The others wait for its result. */
export class RunOnce {
  readonly #barriers: Barriers;
  readonly #done = new Map<string, Shared>();

  constructor(barriers: Barriers) {
    this.#barriers = barriers;
  }

  /** Returns undefined if this host must run the task and then call `done`; else the result of another host. */
  async turn(task: string, host: string): Promise<Shared | undefined> {
    const isFirst = (): boolean => {
      const [first = host] = this.#barriers.coming(task);
      return first === host;
    };
    await this.#barriers.until(() => this.#done.has(task) || isFirst());
    return this.#done.get(task);
  }

  done(task: string, shared: Shared): void {
    this.#done.set(task, shared);
    this.#barriers.wake();
  }
}
