const newline = 0x0a;

export interface FrameEvents {
  /** A piece of the current command's output. */
  readonly onOutput: (bytes: Buffer) => void;
  /** The current command has ended; later output belongs to the next. */
  readonly onEnd: (code: number) => void;
}

/**
 * Ends a command's output on one stream. The newline before the nonce belongs to the frame: output may end without one.
 */
export const trailer = (nonce: string): string => `\\n${nonce} %d\\n`;

/** Splits one stream of a session into the outputs of its commands. Works on bytes: output may be binary. */
export class Frames {
  readonly #marker: Buffer;
  readonly #events: FrameEvents;
  #held: Buffer = Buffer.alloc(0);

  constructor(nonce: string, events: FrameEvents) {
    this.#marker = Buffer.from(`\n${nonce} `);
    this.#events = events;
  }

  feed(chunk: Buffer): void {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const start = rest.indexOf(this.#marker);
      if (start === -1) break;
      const end = rest.indexOf(newline, start + this.#marker.length);
      if (end === -1) {
        this.#hold(rest, start);
        return;
      }
      this.#output(rest.subarray(0, start));
      this.#events.onEnd(Number(rest.toString("latin1", start + this.#marker.length, end)));
      rest = rest.subarray(end + 1);
    }
    this.#hold(rest, this.#markerMayBeginAt(rest));
  }

  /** The stream has ended: the bytes held back were output after all. */
  end(): void {
    this.#output(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #hold(bytes: Buffer, from: number): void {
    this.#output(bytes.subarray(0, from));
    // A copy, since a slice of a few bytes would keep the whole chunk in memory.
    this.#held = Buffer.from(bytes.subarray(from));
  }

  /** Only the last newline can begin an incomplete marker: a marker contains no second newline. */
  #markerMayBeginAt(bytes: Buffer): number {
    const last = bytes.lastIndexOf(newline);
    if (last === -1 || bytes.length - last >= this.#marker.length) return bytes.length;
    return this.#marker.subarray(0, bytes.length - last).equals(bytes.subarray(last)) ? last : bytes.length;
  }

  #output(bytes: Buffer): void {
    if (bytes.length > 0) this.#events.onOutput(bytes);
  }
}
