import { PlayError, rootCause } from "#engine/errors.ts";
import { proxiedFetch } from "./proxied-fetch.ts";

/** Milliseconds to wait for a host's answer. Slow lines need some seconds; a firewall that drops packets never answers. */
const patience = 15_000;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

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
    const cause = rootCause(error);
    if (isDistrusted(error))
      throw new PlayError(
        `${host}: its certificate is not trusted (${cause}). If a proxy or mirror has a certificate authority of its own, name its file in the environment: NODE_EXTRA_CA_CERTS=/path/to/ca.pem`,
      );
    if (cause.includes("(407)")) throw loginMissing(host);
    return `${host}: ${isTimeout(error) ? `no answer within ${String(within / 1000)} s` : cause}`;
  }
}

const loginMissing = (host: string): PlayError =>
  new PlayError(
    `${host}: the proxy in between requires a login (HTTP 407). Add it to the proxy's address in the environment: http://user:password@proxy.example.org:3128`,
  );

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";

/** OpenSSL's and Node's names of what is wrong with a certificate. */
const distrust = /^(?:CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY))/;

function isDistrusted(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && distrust.test(String(error.code))) || isDistrusted(error.cause);
}
