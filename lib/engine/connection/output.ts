import { StringDecoder } from "node:string_decoder";
import type { CommandOptions, Result } from "./types.ts";

type Name = "stdout" | "stderr";

/** The output of one command on one stream so far. */
export interface StreamOutput {
  readonly ended: boolean;
  readonly push: (bytes: Buffer) => void;
}

/**
 * The output of one command on both streams: kept as bytes and decoded at the end, and passed on as text on arrival.
 */
export class Output {
  readonly #chunks: Record<Name, Buffer[]> = { stdout: [], stderr: [] };
  readonly #ended: Record<Name, boolean> = { stdout: false, stderr: false };
  readonly #limit: number;
  readonly #unread: boolean;
  readonly #onOutput: ((text: string) => void) | undefined;
  // A character may be split between two chunks, so each stream needs its own decoder.
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  #size = 0;
  #code = 0;
  readonly stdout: StreamOutput;
  readonly stderr: StreamOutput;

  constructor(limit: number, { onOutput, unread = false }: Pick<CommandOptions, "onOutput" | "unread"> = {}) {
    this.#limit = limit;
    this.#unread = unread;
    this.#onOutput = onOutput;
    this.stdout = this.#stream("stdout");
    this.stderr = this.#stream("stderr");
  }

  get complete(): boolean {
    return this.#ended.stdout && this.#ended.stderr;
  }

  get overflowed(): boolean {
    return !this.#unread && this.#size > this.#limit;
  }

  get code(): number {
    return this.#code;
  }

  end(name: Name, code: number): void {
    this.#ended[name] = true;
    this.#code = code;
  }

  result(): Result {
    const text = (name: Name): string => Buffer.concat(this.#chunks[name]).toString("utf8");
    return { stdout: text("stdout"), stderr: text("stderr"), code: this.#code };
  }

  /** The last line of standard error, on which commands complain and prompt; of standard output if there is none. */
  lastLine(): string {
    return lastLineOf(this.#chunks.stderr) || lastLineOf(this.#chunks.stdout);
  }

  #stream(name: Name): StreamOutput {
    const ended = (): boolean => this.#ended[name];
    return {
      get ended() {
        return ended();
      },
      push: (bytes) => {
        this.#push(name, bytes);
      },
    };
  }

  #push(name: Name, bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#unread) this.#chunks[name] = endOf([...this.#chunks[name], bytes]);
    else if (!this.overflowed) this.#chunks[name].push(bytes);
    // The output is discarded. The session still waits for the command, so that it stays in step.
    else this.#chunks[name] = [];
    const text = this.#onOutput && this.#decoders[name].write(bytes);
    if (text) this.#onOutput(text);
  }
}

/** Bytes of an unread output that are kept. */
const kept = 64 * 1024;

/** The last chunks that have as many bytes as are kept. */
function endOf(chunks: Buffer[]): Buffer[] {
  let size = chunks.reduce((sum, { length }) => sum + length, 0);
  while (chunks[0] && size - chunks[0].length >= kept) size -= chunks.shift()?.length ?? 0;
  return chunks;
}

const tail = 4096;

function lastLineOf(chunks: readonly Buffer[]): string {
  const end = Buffer.concat(chunks.slice(-8)).subarray(-tail).toString("utf8");
  return end.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
