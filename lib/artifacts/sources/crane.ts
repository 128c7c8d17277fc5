import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { RetryableError } from "./retries.ts";

/** Refusals of registries, of which a second try would get the same, by the OCI's and crane's names. */
const lasting =
  /MANIFEST_UNKNOWN|NAME_UNKNOWN|NAME_INVALID|UNAUTHORIZED|DENIED|x509|could not parse reference|no child with platform|Proxy Authentication Required/;

const untrusted =
  "\nIf the registry, or a proxy in between, has a certificate authority of its own, name its file in the environment: NODE_EXTRA_CA_CERTS=/path/to/ca.pem";
const loginMissing =
  "\nThe proxy in between requires a login. Add it to the proxy's address in the environment: http://user:password@proxy.example.org:3128";

/** A certificate authority of its own counts for crane too. Go reads the system's folder of certificates besides. */
const trust = ({ NODE_EXTRA_CA_CERTS: own, SSL_CERT_FILE }: NodeJS.ProcessEnv): Record<string, string> =>
  own && !SSL_CERT_FILE ? { SSL_CERT_FILE: own } : {};

/**
 * Runs crane once. Logins and proxies are those of the environment. Rejects with PlayError if a second try would get
 * the same answer, and with RetryableError otherwise.
 */
export async function runCrane(program: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
    env: { ...process.env, ...trust(process.env) },
    ...(signal && { signal }),
  })`${program} ${args}`;
  if (exitCode === 0 || signal?.aborted) return;
  const why = `cannot be pulled: ${stderr.trim().split("\n").at(-1) ?? ""}`;
  if (!lasting.test(stderr)) throw new RetryableError(why);
  const remedy = stderr.includes("x509") ? untrusted : stderr.includes("Proxy Auth") ? loginMissing : "";
  throw new PlayError(`${why}${remedy}`);
}
