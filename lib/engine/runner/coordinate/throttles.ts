import pLimit from "p-limit";

/** Limits the number of hosts that run a task at the same time. */
export class Throttles {
  readonly #limits = new Map<string, ReturnType<typeof pLimit>>();

  run<T>(task: string, atOnce: number, work: () => Promise<T>): Promise<T> {
    const limit = this.#limits.get(task) ?? pLimit(atOnce);
    this.#limits.set(task, limit);
    return limit(work);
  }
}
