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
    const size = this.#unread ? kept : Infinity;
    const text = (name: Name): string => lastBytes(this.#chunks[name], size).toString("utf8");
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
    if (this.#unread) this.#keepEnd(name, bytes);
    else if (!this.overflowed) this.#chunks[name].push(bytes);
    // The output is discarded. The session still waits for the command, so that it stays in step.
    else this.#chunks[name] = [];
    const text = this.#onOutput && this.#decoders[name].write(bytes);
    if (text) this.#onOutput(text);
  }

  /** A chunk costs the same however many came before it: some commands print each byte by itself. */
  #keepEnd(name: Name, bytes: Buffer): void {
    const chunks = this.#chunks[name];
    chunks.push(bytes);
    if (chunks.length > fewChunks) this.#chunks[name] = [lastBytes(chunks, kept)];
  }
}

/** Bytes of an unread output that are kept. */
const kept = 64 * 1024;
/** Chunks of an unread output before they are joined. */
const fewChunks = 64;
/** Bytes that hold the last line. */
const tail = 4096;

function lastLineOf(chunks: readonly Buffer[]): string {
  const end = lastBytes(chunks, tail).toString("utf8");
  return end.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

function lastBytes(chunks: readonly Buffer[], wanted: number): Buffer {
  let [first, size] = [chunks.length, 0];
  while (first > 0 && size < wanted) size += chunks[--first]?.length ?? 0;
  return Buffer.concat(chunks.slice(first)).subarray(-wanted);
}
