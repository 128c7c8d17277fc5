import pLimit from "p-limit";

/** Many objects are asked for together; so many requests are under way at most. */
const most = 8;

/**
 * How many requests an API is given at the same time. Each that took too long halves them, because a slow machine that
 * works at eight finishes none in time; as many successes as there are requests at once allow one more.
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
