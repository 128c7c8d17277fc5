/** Where hosts wait for each other. Who has ended, in whatever way, is not waited for. */
export class Barriers {
  readonly #hosts: ReadonlySet<string>;
  readonly #ended = new Set<string>();
  readonly #arrived = new Map<string, Set<string>>();
  readonly #wakers: (() => void)[] = [];

  constructor(hosts: readonly string[]) {
    this.#hosts = new Set(hosts);
  }

  async arrive(barrier: string, host: string): Promise<void> {
    const arrived = this.#arrived.get(barrier) ?? new Set();
    this.#arrived.set(barrier, arrived.add(host));
    this.#wake();
    while (![...this.#hosts].every((name) => arrived.has(name) || this.#ended.has(name)))
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  ended(host: string): void {
    this.#ended.add(host);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
