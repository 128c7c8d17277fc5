import { PlayError, rootCause } from "#engine/errors.ts";

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

/**
 * The error of a failed request that a second try cannot help, with its remedy: a certificate that nobody vouches for,
 * or a proxy that requires a login. Undefined for all other failures.
 */
export function lastingFailure(url: string, error: unknown): PlayError | undefined {
  const host = hostOf(url);
  const cause = rootCause(error);
  if (isDistrusted(error))
    return new PlayError(
      `${host}: its certificate is not trusted (${cause}). If a proxy or mirror has a certificate authority of its own, name its file in the environment: NODE_EXTRA_CA_CERTS=/path/to/ca.pem`,
    );
  if (isSocksLogin(error))
    return new PlayError(
      `${host}: the SOCKS proxy in between refuses the login, or requires one (${cause}). Correct it in the proxy's address in the environment: socks5h://user:password@proxy.example.org:1080`,
    );
  return cause.includes("(407)") ? loginMissing(host) : undefined;
}

export const loginMissing = (host: string): PlayError =>
  new PlayError(
    `${host}: the proxy in between requires a login (HTTP 407). Add it to the proxy's address in the environment: http://user:password@proxy.example.org:3128`,
  );

/** OpenSSL's and Node's names of what is wrong with a certificate. */
const distrust = /^(?:CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY))/;

const isDistrusted = (error: unknown): boolean => hasCode(error, distrust);

/** undici's names of a refused login; it names one that is missing only in words. */
const isSocksLogin = (error: unknown): boolean =>
  hasCode(error, /^UND_ERR_SOCKS5_AUTH_/) || rootCause(error) === "Username and password required for authentication";

function hasCode(error: unknown, code: RegExp): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && code.test(String(error.code))) || hasCode(error.cause, code);
}
