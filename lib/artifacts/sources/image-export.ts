import { stat } from "node:fs/promises";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { FetchRequest } from "./fetch-request.ts";
import { patience as usual, retried, RetryableError } from "./retries.ts";

/** An image is unpacked layer by layer, and files that a later layer replaces do not appear in the archive. */
const pauses = 4;

/** Refusals of registries, of which a second try would get the same, by the OCI's and crane's names. */
const lasting =
  /MANIFEST_UNKNOWN|NAME_UNKNOWN|NAME_INVALID|UNAUTHORIZED|DENIED|x509|could not parse reference|no child with platform/;

/** A certificate authority of its own counts for crane too. Go reads the system's folder of certificates besides. */
const trust = ({ NODE_EXTRA_CA_CERTS: own, SSL_CERT_FILE }: NodeJS.ProcessEnv): Record<string, string> =>
  own && !SSL_CERT_FILE ? { SSL_CERT_FILE: own } : {};

/** Writes the file system of an image for the hosts' platform to an archive. Rejects with PlayError. */
export async function exportImage(request: FetchRequest, reference: string, archive: string): Promise<void> {
  const { wanted, at, crane = "crane", signal, patience = usual } = request;
  const onTry = (line: string): void => at(`taking ${wanted.component.name} out of ${reference}: ${line}`);
  const platform = `linux/${wanted.architecture}`;
  await retried(reference, { patience, onTry, signal }, async () => {
    const still = patience.stall * pauses;
    const watch = new Growth(archive, still);
    const { exitCode, stderr } = await $({
      quiet: true,
      nothrow: true,
      env: { ...process.env, ...trust(process.env) },
      signal: AbortSignal.any([watch.signal, ...(signal ? [signal] : [])]),
    })`${crane} export --platform ${platform} ${reference} ${archive}`.finally(() => watch.end());
    if (exitCode === 0) return;
    signal?.throwIfAborted();
    if (watch.signal.aborted) throw new RetryableError(`no data for ${String(still / 1000)} s`);
    const why = `cannot be pulled: ${stderr.trim()}`;
    if (lasting.test(stderr)) throw new PlayError(`${reference}: ${why}${stderr.includes("x509") ? untrusted : ""}`);
    throw new RetryableError(why);
  });
}

const untrusted =
  "\nIf the registry, or a proxy in between, has a certificate authority of its own, name its file in the environment: NODE_EXTRA_CA_CERTS=/path/to/ca.pem";

/** Aborts if a file has not grown for some milliseconds. */
class Growth {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #size = -1;
  #since = performance.now();

  constructor(file: string, still: number) {
    this.#timer = setInterval(
      () => {
        void this.#look(file, still);
      },
      Math.min(1000, still / 4),
    );
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #look(file: string, still: number): Promise<void> {
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size > this.#size) this.#since = performance.now();
    this.#size = size;
    if (performance.now() - this.#since > still) this.#abort.abort();
  }
}
