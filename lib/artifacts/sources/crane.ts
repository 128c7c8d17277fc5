import { rm } from "node:fs/promises";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { Growth } from "./growth.ts";
import { retried, RetryableError, type Retries } from "./retries.ts";

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

/** Rejects with PlayError if a second try would get the same answer, and with RetryableError otherwise. */
async function once(program: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
    env: { ...process.env, ...trust(process.env) },
    signal,
  })`${program} ${args}`;
  if (exitCode === 0 || signal.aborted) return;
  const why = `cannot be pulled: ${stderr.trim().split("\n").at(-1) ?? ""}`;
  if (!lasting.test(stderr)) throw new RetryableError(why);
  const remedy = stderr.includes("x509") ? untrusted : stderr.includes("Proxy Auth") ? loginMissing : "";
  throw new PlayError(`${why}${remedy}`);
}

/** crane itself waits before it repeats a request, and files that a later layer replaces do not appear in an export. */
const pauses = 4;

export interface CraneCommand extends Retries {
  /** The program's path. */
  readonly crane: string;
  /** Without the last word, which is `to`. */
  readonly args: readonly string[];
  /** The file or folder that crane writes. What is there is removed before each try. */
  readonly to: string;
  /** The image, for messages. */
  readonly reference: string;
}

/**
 * Runs crane until it has written the image. Logins and proxies are those of the environment. A crane whose output no
 * longer grows is ended, and counts as a failure that may pass.
 *
 * Rejects with PlayError if the registry refuses the image, with TransientError if it does not answer, and with the
 * signal's reason after an interrupt, which ends crane.
 */
export async function runCrane({ crane, args, to, reference, ...retries }: CraneCommand): Promise<void> {
  const { patience, signal } = retries;
  await retried(reference, retries, async () => {
    signal?.throwIfAborted();
    await rm(to, { recursive: true, force: true });
    const still = patience.stall * pauses;
    const growth = new Growth(to, still);
    await once(crane, [...args, to], AbortSignal.any([growth.signal, ...(signal ? [signal] : [])]))
      .catch((error: unknown) => {
        throw error instanceof PlayError ? new PlayError(`${reference}: ${error.message}`) : error;
      })
      .finally(() => growth.end());
    signal?.throwIfAborted();
    if (growth.signal.aborted) throw new RetryableError(`no data for ${String(still / 1000)} s`);
  });
}
