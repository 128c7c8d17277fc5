import type { Meetings } from "./barriers.ts";

/** What became of a task that one host does for all. */
export interface Shared {
  readonly host: string;
  readonly outcome: string;
  readonly output: unknown;
}

/** Which host of a batch does what is done once: the first of those that still come to it. The others wait for it. */
export class Once {
  readonly #meetings: Meetings;
  readonly #done = new Map<string, Shared>();

  constructor(meetings: Meetings) {
    this.#meetings = meetings;
  }

  /** Undefined where this host has to do it, and then must call `done`; else what became of it elsewhere. */
  async turn(task: string, host: string): Promise<Shared | undefined> {
    const isFirst = (): boolean => {
      const [first = host] = this.#meetings.coming(task);
      return first === host;
    };
    await this.#meetings.until(() => this.#done.has(task) || isFirst());
    return this.#done.get(task);
  }

  done(task: string, shared: Shared): void {
    this.#done.set(task, shared);
    this.#meetings.wake();
  }
}
