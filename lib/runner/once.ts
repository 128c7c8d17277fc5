/** What became of a task that one host does for all. */
export interface Shared {
  readonly host: string;
  readonly outcome: string;
  readonly output: unknown;
}

/** Which host of a batch does what is done once: the first of them that is still at work. The others wait for it. */
export class Once {
  readonly #order: readonly string[];
  readonly #ended = new Set<string>();
  readonly #done = new Map<string, Shared>();
  readonly #wakers: (() => void)[] = [];

  constructor(hosts: readonly string[]) {
    this.#order = hosts;
  }

  /** Undefined where this host has to do it, and then must call `done`; else what became of it elsewhere. */
  async turn(task: string, host: string): Promise<Shared | undefined> {
    for (;;) {
      const shared = this.#done.get(task);
      if (shared) return shared;
      if (this.#order.find((name) => !this.#ended.has(name)) === host) return undefined;
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  done(task: string, shared: Shared): void {
    this.#done.set(task, shared);
    this.#wake();
  }

  /** This host does nothing more in this play: the next takes over what it has not done. */
  ended(host: string): void {
    this.#ended.add(host);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
