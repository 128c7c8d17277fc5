import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { PlayError, rootCause, TransientError } from "#engine/errors.ts";
import { proxiedFetch } from "./proxied-fetch.ts";

export interface Patience {
  /** Total number of tries if failures are transient: a lost connection, HTTP 429 and 5xx. */
  readonly tries: number;
  /** Milliseconds before the second try; doubled before each further one. */
  readonly delay: number;
  /** Milliseconds without a byte until a transfer counts as hung. */
  readonly stall: number;
}
export const patience: Patience = { tries: 4, delay: 1000, stall: 30_000 };

/** A transient failure: a second try may succeed. */
class RetryableError extends Error {}

/** Sends one request and passes the body to `take` chunk by chunk. */
async function once(
  url: string,
  { stall, signal }: { readonly stall: number; readonly signal?: AbortSignal | undefined },
  take: (chunk: Uint8Array, total: number) => Promise<void>,
): Promise<void> {
  const abort = new AbortController();
  const hung = (): void => {
    abort.abort(new Error(`no data for ${stall / 1000} s`));
  };
  let timer = setTimeout(hung, stall);
  try {
    const response = await proxiedFetch(url, { signal: AbortSignal.any([abort.signal, ...(signal ? [signal] : [])]) });
    if (response.status === 429 || response.status >= 500) throw new RetryableError(`HTTP ${response.status}`);
    if (!response.ok) {
      await response.body?.cancel();
      throw new PlayError(
        `${url}: HTTP ${response.status}. ${
          response.status === 404
            ? "There is no such file: is the version right, and does a mirror have it?"
            : "The server, or a proxy in front of it, does not provide it."
        }`,
      );
    }
    const total = Number(response.headers.get("content-length") ?? 0);
    const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
    if (body === undefined) return;
    for await (const chunk of body) {
      clearTimeout(timer);
      await take(chunk, total);
      timer = setTimeout(hung, stall);
    }
  } catch (error) {
    if (error instanceof PlayError || error instanceof RetryableError || signal?.aborted) throw error;
    throw new RetryableError(rootCause(abort.signal.aborted ? abort.signal.reason : error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function retried(
  url: string,
  { tries, delay }: Patience,
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      if (attempt >= tries)
        throw new TransientError(
          `${url}: not downloaded after ${tries} tries: ${error.message}. Is the network up? Is a proxy needed?`,
          {
            cause: error,
          },
        );
      await pause(delay * 2 ** (attempt - 1), undefined, signal ? { signal } : {});
    }
  }
}

/**
 * Streams a file to disk and resolves with its sha256, computed on the way. After a failure, the caller must remove the
 * partial file.
 */
export async function downloadFile(
  url: string,
  to: string,
  {
    patience: how = patience,
    onBytes = () => undefined,
    signal,
  }: { patience?: Patience; onBytes?: (got: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<string> {
  let digest = "";
  await retried(url, how, signal, async () => {
    const hash = createHash("sha256");
    const file = await open(to, "w", 0o600);
    let got = 0;
    try {
      await once(url, { stall: how.stall, signal }, async (chunk, total) => {
        hash.update(chunk);
        await file.writeFile(chunk);
        got += chunk.length;
        onBytes(got, total);
      });
    } finally {
      await file.close();
    }
    digest = hash.digest("hex");
  });
  return digest;
}

export async function downloadText(url: string, how: Patience = patience, signal?: AbortSignal): Promise<string> {
  let text = "";
  await retried(url, how, signal, async () => {
    const chunks: Uint8Array[] = [];
    await once(url, { stall: how.stall, signal }, (chunk) => {
      chunks.push(chunk);
      return Promise.resolve();
    });
    text = Buffer.concat(chunks).toString("utf8");
  });
  return text;
}
