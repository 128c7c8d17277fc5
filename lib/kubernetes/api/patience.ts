/**
 * Measures the time without a successful request, shared by all requests to one API. Any success restarts the clock, so
 * a slow API is waited for as long as it makes progress. Once the time is over, each request ends after one try. After
 * the same time without any request, the next request restarts the clock.
 */
export class Patience {
  readonly #milliseconds: number;
  /** The number of open requests, including those that pause before the next try. */
  #asking = 0;
  /** Start of the first failed try after the last success. */
  #since: number | undefined;
  #lastFailure = 0;
  #lastSuccess = 0;

  constructor(seconds: number) {
    this.#milliseconds = seconds * 1000;
  }

  /** Wraps a request with all its tries. */
  async while<T>(work: () => Promise<T>): Promise<T> {
    if (this.#asking === 0 && Date.now() - this.#lastFailure > this.#milliseconds) this.#since = undefined;
    this.#asking += 1;
    try {
      return await work();
    } finally {
      this.#asking -= 1;
    }
  }

  succeeded(): void {
    this.#since = undefined;
    this.#lastSuccess = Date.now();
  }

  /** Records a failed try that started at `began`. Returns the milliseconds without success, and those left. */
  failed(began: number): { readonly tried: number; readonly left: number } {
    this.#since ??= Math.max(began, this.#lastSuccess);
    this.#lastFailure = Date.now();
    const tried = this.#lastFailure - this.#since;
    return { tried, left: Math.max(0, this.#milliseconds - tried) };
  }
}

/** Seconds: the first pause between two tries, and the longest. */
const [first, longest] = [0.25, 5];
/** Seconds: the longest pause that a server may ask for. The pause counts as time without success. */
const latest = 30;

/** Milliseconds until the next try: doubled each time, less up to a half at random, or as long as the server asks. */
export function pauseBefore(tries: number, retryAfter = 0): number {
  const own = Math.min(longest, first * 2 ** tries) * (0.5 + Math.random() / 2);
  return 1000 * Math.max(own, Math.min(retryAfter, latest));
}
