import { PlayError, rootCause } from "#engine/errors.ts";
import { lastingFailure } from "./network-errors.ts";
import { proxiedFetch } from "./proxied-fetch.ts";
import { retried, RetryableError, type Retries } from "./retries.ts";

/** An entry of Rekor, Sigstore's public log of signatures. */
export interface LogEntry {
  /** Base64 of the signed entry's JSON. */
  readonly body: string;
  /** Seconds since 1970. */
  readonly integratedTime: number;
  /** Hex. */
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    /** Base64. */
    readonly signedEntryTimestamp: string;
    /** Hashes in hex. */
    readonly inclusionProof: {
      readonly checkpoint: string;
      readonly hashes: readonly string[];
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
    };
  };
}

export interface Signed {
  /** The sha256 of the file, in hex. */
  readonly digest: string;
  /** Base64. */
  readonly signature: string;
  /** The signer's certificate, with the bytes that were sent to the log. */
  readonly pem: string;
}

/** Milliseconds for an answer. */
const patience = 30_000;

/** The log's entries of a signature; empty if it has none. Rejects with PlayError. */
export function entriesOf(log: string, { digest, signature, pem }: Signed, how: Retries): Promise<readonly LogEntry[]> {
  const url = `${log.replace(/\/+$/, "")}/api/v1/log/entries/retrieve`;
  const entry = {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm: "sha256", value: digest } },
      signature: { content: signature, publicKey: { content: Buffer.from(pem).toString("base64") } },
    },
  };
  return retried(url, how, () => ask(url, JSON.stringify({ entries: [entry] }), how.signal));
}

async function ask(url: string, body: string, signal?: AbortSignal): Promise<readonly LogEntry[]> {
  try {
    const answer = await proxiedFetch(url, {
      ...{ method: "POST", body, headers: { "content-type": "application/json", accept: "application/json" } },
      signal: AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]),
    });
    if (answer.status === 429 || answer.status >= 500) throw new RetryableError(`HTTP ${answer.status}`);
    if (!answer.ok) throw new PlayError(`${url}: HTTP ${answer.status}. The log of signatures refuses the question.`);
    const found = (await answer.json()) as readonly Readonly<Record<string, LogEntry>>[];
    return found.flatMap((one) => Object.values(one));
  } catch (error) {
    if (error instanceof PlayError || error instanceof RetryableError || signal?.aborted) throw error;
    throw lastingFailure(url, error) ?? new RetryableError(rootCause(error), { cause: error });
  }
}
