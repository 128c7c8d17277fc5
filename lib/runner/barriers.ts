/** Where hosts wait for each other. Who has ended, or has passed by, is not waited for. */
export class Barriers {
  /** By barrier the hosts that have yet to come to it. */
  readonly #awaited: ReadonlyMap<string, Set<string>>;
  readonly #wakers: (() => void)[] = [];

  /** `hosts` are those of each barrier. */
  constructor(hosts: ReadonlyMap<string, Iterable<string>>) {
    this.#awaited = new Map([...hosts].map(([barrier, names]) => [barrier, new Set(names)]));
  }

  async arrive(barrier: string, host: string): Promise<void> {
    this.pass(barrier, host);
    while ((this.#awaited.get(barrier)?.size ?? 0) > 0)
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  pass(barrier: string, host: string): void {
    if (this.#awaited.get(barrier)?.delete(host)) this.#wake();
  }

  ended(host: string): void {
    for (const awaited of this.#awaited.values()) awaited.delete(host);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
