import type { Barriers } from "./barriers.ts";

/** What became of a task that one host does for all. */
export interface Shared {
  readonly host: string;
  readonly outcome: string;
  readonly output: unknown;
}

/** Which host of a batch does what is done once: the first of those that still come to it. The others wait for it. */
export class RunOnce {
  readonly #barriers: Barriers;
  readonly #done = new Map<string, Shared>();

  constructor(barriers: Barriers) {
    this.#barriers = barriers;
  }

  /** Undefined where this host has to do it, and then must call `done`; else what became of it elsewhere. */
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
