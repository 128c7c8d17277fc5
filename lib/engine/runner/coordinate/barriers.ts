/** By task the hosts that have yet to come to it. Who has ended, or has passed it by, is not waited for. */
export class Barriers {
  readonly #coming: ReadonlyMap<string, Set<string>>;
  readonly #wakers: (() => void)[] = [];

  /** The hosts of each task, in their order. */
  constructor(hosts: ReadonlyMap<string, Iterable<string>>) {
    this.#coming = new Map([...hosts].map(([task, names]) => [task, new Set(names)]));
  }

  coming(task: string): ReadonlySet<string> {
    return this.#coming.get(task) ?? new Set();
  }

  pass(task: string, host: string): void {
    if (this.#coming.get(task)?.delete(host)) this.wake();
  }

  ended(host: string): void {
    for (const coming of this.#coming.values()) coming.delete(host);
    this.wake();
  }

  /** Waits until this holds; it is looked at whenever something has happened. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
