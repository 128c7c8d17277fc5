/**
 * How long nothing has succeeded, for all who ask the same API: any success starts the clock anew, so that a slow API is
 * waited for as long as it gets anywhere. Once the time is over everybody gives up after one try. Whoever asks after
 * nobody did for the same time begins anew.
 */
export class Patience {
  readonly #milliseconds: number;
  /** How many are asking, or pause before they ask again. */
  #asking = 0;
  /** When the first try began that failed after the last success. */
  #since: number | undefined;
  #lastFailure = 0;
  #lastSuccess = 0;

  constructor(seconds: number) {
    this.#milliseconds = seconds * 1000;
  }

  /** For everything that is asked, with all its tries. */
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

  /** Takes when the try began that failed; gives the milliseconds without any success, and how many are left. */
  failed(began: number): { readonly tried: number; readonly left: number } {
    this.#since ??= Math.max(began, this.#lastSuccess);
    this.#lastFailure = Date.now();
    const tried = this.#lastFailure - this.#since;
    return { tried, left: Math.max(0, this.#milliseconds - tried) };
  }
}

/** Seconds: the first pause between two tries, and the longest. */
const [first, longest] = [0.25, 5];
/** Seconds: a server may ask for a later try than that, which counts as no success all the same. */
const latest = 30;

/** Milliseconds until the next try: twice as long each time, by chance up to a half less, or what the server asked for. */
export function pauseBefore(tries: number, retryAfter = 0): number {
  const own = Math.min(longest, first * 2 ** tries) * (0.5 + Math.random() / 2);
  return 1000 * Math.max(own, Math.min(retryAfter, latest));
}
