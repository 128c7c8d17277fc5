import pLimit from "p-limit";

/** Holds back tasks that only so many hosts may do at the same time. */
export class Throttles {
  readonly #limits = new Map<string, ReturnType<typeof pLimit>>();

  run<T>(task: string, atOnce: number, work: () => Promise<T>): Promise<T> {
    const limit = this.#limits.get(task) ?? pLimit(atOnce);
    this.#limits.set(task, limit);
    return limit(work);
  }
}
