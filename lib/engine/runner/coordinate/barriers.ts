/** Hosts that have not reached each task; finished hosts and those that skip the task are ignored. */
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

  /** Waits until the condition holds; it is tested after each event. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
