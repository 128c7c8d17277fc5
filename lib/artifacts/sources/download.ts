import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { checkRoom, diskFull } from "./disk-room.ts";
import { patience, retried, RetryableError, type OnTry, type Patience, type Retries } from "./retries.ts";
import { transfer, type Part } from "./transfer.ts";

export { patience, type Patience } from "./retries.ts";

export interface DownloadOptions {
  readonly patience?: Patience;
  readonly onBytes?: (got: number, total: number) => void;
  readonly onTry?: OnTry;
  readonly signal?: AbortSignal;
}

/** Bytes that a try must bring to count as progress: then the tries are counted anew. */
const progress = 65_536;

/**
 * Streams a file to disk and resolves with its sha256, computed on the way. A transfer that was cut continues where it
 * ended, if the server still has the same version of the file. After a failure, the caller must remove the partial file.
 */
export async function downloadFile(
  url: string,
  to: string,
  { patience: how = patience, onBytes = () => undefined, onTry, signal }: DownloadOptions = {},
): Promise<string> {
  const partial = new PartialFile(to);
  let furthest = 0;
  const advanced = (): boolean => {
    const has = partial.size >= furthest + progress;
    if (has) furthest = partial.size;
    return has;
  };
  const once = async (): Promise<void> => {
    let total = 0;
    const begin = async (part: Part): Promise<void> => {
      ({ total } = part);
      await partial.begin(part);
    };
    const take = async (chunk: Uint8Array): Promise<void> => {
      await partial.add(chunk);
      onBytes(partial.size, total);
    };
    try {
      await transfer(url, { ...how, signal }, partial.rest, { begin, take });
    } catch (error) {
      if (error instanceof RetryableError && error.startsOver) partial.forget();
      throw error;
    } finally {
      await partial.close();
    }
  };
  await retried(url, { patience: how, onTry, signal }, once, advanced);
  return partial.digest();
}

/** A file that arrives in parts, and the digest of what has arrived. */
class PartialFile {
  readonly #file: string;
  #handle: Awaited<ReturnType<typeof open>> | undefined;
  #hash = createHash("sha256");
  #version: string | undefined;
  size = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Where to continue; undefined if the whole file is needed. */
  get rest(): { readonly from: number; readonly version: string } | undefined {
    return this.size > 0 && this.#version !== undefined ? { from: this.size, version: this.#version } : undefined;
  }

  forget(): void {
    this.#version = undefined;
  }

  async begin({ from, total, version }: Part): Promise<void> {
    if (from === 0) {
      this.#hash = createHash("sha256");
      this.size = 0;
    }
    this.#version = version;
    await checkRoom(this.#file, total - from);
    this.#handle = await open(this.#file, from === 0 ? "w" : "a", 0o600);
  }

  async add(chunk: Uint8Array): Promise<void> {
    try {
      await this.#handle?.writeFile(chunk);
    } catch (error) {
      throw diskFull(this.#file, error) ?? error;
    }
    this.#hash.update(chunk);
    this.size += chunk.length;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}

/** A small text, such as a file of checksums. */
export async function downloadText(url: string, how: Patience = patience, signal?: AbortSignal): Promise<string> {
  const retries: Retries = { patience: how, signal };
  return retried(url, retries, async () => {
    const chunks: Uint8Array[] = [];
    await transfer(url, { ...how, leastSpeed: 0, signal }, undefined, {
      begin: () => Promise.resolve(),
      take: (chunk) => {
        chunks.push(chunk);
        return Promise.resolve();
      },
    });
    return Buffer.concat(chunks).toString("utf8");
  });
}
