import { PlayError, rootCause } from "#engine/errors.ts";
import { hostOf, lastingFailure } from "./network-errors.ts";
import { proxiedFetch } from "./proxied-fetch.ts";

/** Milliseconds to wait for a host's answer. Slow lines need some seconds; a firewall that drops packets never answers. */
const patience = 15_000;

/** Host → why it cannot be reached. Each host is asked once in a run. */
const asked = new Map<string, Promise<string | undefined>>();

/**
 * Why the host of a URL cannot be reached, such as "dl.k8s.io: getaddrinfo ENOTFOUND"; undefined if it answers,
 * whatever its answer is. Rejects with PlayError if something in between has to be mended first: a certificate
 * that nobody vouches for, or a proxy that wants a login.
 */
export function unreachable(url: string, within = patience): Promise<string | undefined> {
  const host = hostOf(url);
  const known = asked.get(host) ?? ask(url, host, within);
  asked.set(host, known);
  return known;
}

async function ask(url: string, host: string, within: number): Promise<string | undefined> {
  try {
    await proxiedFetch(url, { method: "HEAD", signal: AbortSignal.timeout(within) });
    return undefined;
  } catch (error) {
    if (error instanceof PlayError) throw error;
    const lasting = lastingFailure(url, error);
    if (lasting) throw lasting;
    return `${host}: ${isTimeout(error) ? `no answer within ${String(within / 1000)} s` : rootCause(error)}`;
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";
