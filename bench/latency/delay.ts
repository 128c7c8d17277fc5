import { Transform, type TransformCallback } from "node:stream";

/** Passes on every byte a fixed number of milliseconds after its arrival, regardless of the amount of data. */
export class Delay extends Transform {
  readonly #milliseconds: number;
  #waiting = 0;
  #ended: TransformCallback | undefined;

  constructor(milliseconds: number) {
    super();
    this.#milliseconds = milliseconds;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, taken: TransformCallback): void {
    this.#waiting++;
    // Timers of the same duration fire in the order in which they were set, so no chunk overtakes another.
    setTimeout(() => {
      this.#waiting--;
      this.push(chunk);
      if (this.#waiting === 0) this.#ended?.();
    }, this.#milliseconds);
    taken();
  }

  override _flush(done: TransformCallback): void {
    if (this.#waiting === 0) done();
    else this.#ended = done;
  }
}
