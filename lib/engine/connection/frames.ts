const newline = 0x0a;

export interface FrameEvents {
  /** A piece of the current command's output. */
  readonly onOutput: (bytes: Buffer) => void;
  /** A frame: the current command has ended, and later output belongs to the next, or a sign of the shell itself. */
  readonly onFrame: (words: readonly string[]) => void;
}

/**
 * Ends a command's output on one stream. The newline before the nonce belongs to the frame: output may end without one.
 */
export const trailer = (nonce: string): string => `\\n${nonce} %s\\n`;

/** The word of the frame by which a shell says, on both streams, that the pipes of the last command are closed. */
export const released = "released";

/** An exit code, with the process that waits, or 0, if the command has pipes of its own; or the shell's own word. */
const frame = new RegExp(`^(?:\\d{1,3}(?: \\d{1,10})?|${released})\n`);
/** Characters of a frame after the marker, at most. */
const longest = 15;

/** The frame at the beginning of what follows a marker, with its end; undefined if there is something else. */
function frameIn(text: string): string | undefined {
  const [found] = frame.exec(text) ?? [];
  return found ?? (text.length < longest && !text.includes("\n") ? "incomplete" : undefined);
}

/** Splits one stream of a session into the outputs of its commands. Works on bytes: output may be binary. */
export class Frames {
  readonly #marker: Buffer;
  readonly #events: FrameEvents;
  #held: Buffer = Buffer.alloc(0);
  /** Whether a program that a command has left may still print through the command's pipes. */
  #ended = false;

  constructor(nonce: string, events: FrameEvents) {
    this.#marker = Buffer.from(`\n${nonce} `);
    this.#events = events;
  }

  feed(chunk: Buffer): void {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let from = 0;
    for (;;) {
      const start = rest.indexOf(this.#marker, from);
      if (start === -1) break;
      const after = start + this.#marker.length;
      const found = frameIn(rest.toString("latin1", after, after + longest));
      if (found === "incomplete") {
        this.#hold(rest, start);
        return;
      }
      // The host can print its own nonce, but no frame of any length: that would be held back without end.
      if (found === undefined) from = after;
      else {
        this.#output(rest.subarray(0, start));
        const words = found.trimEnd().split(" ");
        this.#ended = words.length > 1 || (this.#ended && words[0] !== released);
        this.#events.onFrame(words);
        rest = rest.subarray(after + found.length);
        from = 0;
      }
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
    if (bytes.length > 0 && !this.#ended) this.#events.onOutput(bytes);
  }
}
