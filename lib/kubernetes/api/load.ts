import pLimit from "p-limit";

/** The maximum number of concurrent requests. */
const most = 8;

/**
 * Limits concurrent requests to an API. Each request that takes too long halves the limit: a slow machine that works on
 * eight requests finishes none in time. After as many successes as the limit, the limit grows by one.
 */
export class ApiLoad {
  readonly #limit = pLimit(most);
  #successes = 0;

  get atOnce(): number {
    return this.#limit.concurrency;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#limit(work);
  }

  succeeded(): void {
    if (this.atOnce === most || ++this.#successes < this.atOnce) return;
    this.#successes = 0;
    this.#limit.concurrency += 1;
  }

  tookTooLong(): void {
    this.#successes = 0;
    this.#limit.concurrency = Math.max(1, Math.floor(this.atOnce / 2));
  }
}
