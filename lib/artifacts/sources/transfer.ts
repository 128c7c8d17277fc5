import type { Response } from "undici";
import { PlayError, rootCause } from "#engine/errors.ts";
import { hostOf, lastingFailure, loginMissing } from "./network-errors.ts";
import { proxiedFetch } from "./proxied-fetch.ts";
import { RetryableError, type Patience } from "./retries.ts";

/** What a response says of the bytes that follow. */
export interface Part {
  /** The place of the first byte. */
  readonly from: number;
  /** The size of the whole file; 0 if the server does not say. */
  readonly total: number;
  /** The version of the file, in the form that If-Range takes; undefined if the server names none that is exact. */
  readonly version: string | undefined;
}

export interface Sink {
  /** Called before the first byte. */
  readonly begin: (part: Part) => Promise<void>;
  readonly take: (chunk: Uint8Array) => Promise<void>;
}

/** Where to continue, if the file still has the same version. */
export interface Rest {
  readonly from: number;
  readonly version: string;
}

type Pace = Pick<Patience, "stall" | "leastSpeed"> & { readonly signal?: AbortSignal | undefined };

/** Sends one request and passes its body on. Rejects with RetryableError, or with PlayError if a second try is useless. */
export async function transfer(url: string, pace: Pace, rest: Rest | undefined, sink: Sink): Promise<void> {
  const { signal } = pace;
  const watch = new Watch(pace);
  try {
    const response = await proxiedFetch(url, {
      signal: AbortSignal.any([watch.signal, ...(signal ? [signal] : [])]),
      headers: {
        "accept-encoding": "identity",
        ...(rest && { range: `bytes=${String(rest.from)}-`, "if-range": rest.version }),
      },
    });
    const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
    try {
      await sink.begin(partOf(url, response, rest));
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
    if (body === undefined) return;
    for await (const chunk of body) {
      watch.got(chunk.length);
      await sink.take(chunk);
    }
  } catch (error) {
    if (error instanceof PlayError || error instanceof RetryableError || signal?.aborted) throw error;
    const lasting = lastingFailure(url, error);
    if (lasting) throw lasting;
    throw new RetryableError(rootCause(watch.signal.aborted ? watch.signal.reason : error), { cause: error });
  } finally {
    watch.end();
  }
}

/** Aborts a transfer that gets no data, or too little. */
class Watch {
  readonly #abort = new AbortController();
  readonly #stall: number;
  readonly #slow: NodeJS.Timeout;
  #hung: NodeJS.Timeout;
  #bytes = 0;

  constructor({ stall, leastSpeed = 0 }: Pace) {
    this.#stall = stall;
    this.#hung = this.#untilHung();
    this.#slow = setInterval(() => {
      if (this.#bytes > 0 && this.#bytes < (leastSpeed * stall) / 1000)
        this.#give(`slower than ${String(leastSpeed / 1000)} kB/s for ${String(stall / 1000)} s`);
      this.#bytes = 0;
    }, stall);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  got(bytes: number): void {
    this.#bytes += bytes;
    clearTimeout(this.#hung);
    this.#hung = this.#untilHung();
  }

  end(): void {
    clearTimeout(this.#hung);
    clearInterval(this.#slow);
  }

  #untilHung(): NodeJS.Timeout {
    return setTimeout(() => this.#give(`no data for ${String(this.#stall / 1000)} s`), this.#stall);
  }

  #give(why: string): void {
    this.#abort.abort(new Error(why));
  }
}

/** Throws RetryableError or PlayError if the answer is a refusal. */
function partOf(url: string, response: Response, rest: Rest | undefined): Part {
  const { status, headers } = response;
  if (!response.ok) throw refusal(url, response);
  const etag = headers.get("etag") ?? "";
  const version = etag.startsWith('"') ? etag : etag === "" ? (headers.get("last-modified") ?? undefined) : undefined;
  if (status !== 206) return { from: 0, total: Number(headers.get("content-length") ?? 0), version };
  const { from, total } =
    /^bytes (?<from>\d+)-\d+\/(?<total>\d+)$/.exec(headers.get("content-range") ?? "")?.groups ?? {};
  const first = Number(from);
  if (first !== rest?.from)
    throw new RetryableError("the server sent another part of the file than it was asked for", { startsOver: true });
  return { from: first, total: Number(total), version };
}

const busy = "Run the same command again later, or set a mirror: artifact_upstream_url.";

function refusal(url: string, { status, headers }: Response): Error {
  const wait = waitOf(headers.get("retry-after"));
  if (status === 429)
    return new RetryableError(`HTTP 429`, { wait, remedy: `The server limits the number of requests. ${busy}` });
  if (status >= 500) return new RetryableError(`HTTP ${status}`, { wait, remedy: `The server has a problem. ${busy}` });
  if (status === 416) return new RetryableError("HTTP 416: the file became shorter", { startsOver: true });
  if (status === 407) return loginMissing(hostOf(url));
  return new PlayError(
    `${url}: HTTP ${status}. ${
      status === 404
        ? "There is no such file: is the version right, and does a mirror have it?"
        : "The server, or a proxy in front of it, does not provide it."
    }`,
  );
}

/** Milliseconds of a Retry-After header: seconds, or a date. */
function waitOf(header: string | null): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? 0 : Math.max(0, wait);
}
