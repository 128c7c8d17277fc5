/** Fewer bytes than this say little about a line. */
const enough = 1_000_000;

/** How fast downloads arrive together: their bytes, by the time in which at least one was in progress. */
export class LineSpeed {
  readonly #now: () => number;
  #bytes = 0;
  #milliseconds = 0;
  #inProgress = 0;
  #since = 0;

  /** `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Runs a download. It calls `got` with all bytes that it has so far. */
  async during<T>(download: (got: (bytes: number) => void) => Promise<T>): Promise<T> {
    if (this.#inProgress++ === 0) this.#since = this.#now();
    let before = 0;
    try {
      return await download((bytes) => {
        this.#bytes += Math.max(0, bytes - before);
        before = bytes;
      });
    } finally {
      if (--this.#inProgress === 0) this.#milliseconds += this.#now() - this.#since;
    }
  }

  /** Undefined if too little was downloaded yet. */
  get bytesPerSecond(): number | undefined {
    const now = this.#inProgress > 0 ? this.#now() - this.#since : 0;
    const seconds = (this.#milliseconds + now) / 1000;
    return this.#bytes < enough || seconds === 0 ? undefined : this.#bytes / seconds;
  }
}

/** That of all files which this process downloads. */
export const lineSpeed = new LineSpeed();
