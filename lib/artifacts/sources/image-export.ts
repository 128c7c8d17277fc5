import { stat } from "node:fs/promises";
import { PlayError } from "#engine/errors.ts";
import { runCrane } from "./crane.ts";
import type { FetchRequest } from "./fetch-request.ts";
import { patience as usual, retried, RetryableError } from "./retries.ts";

/** An image is unpacked layer by layer, and files that a later layer replaces do not appear in the archive. */
const pauses = 4;

/** Writes the file system of an image for the hosts' platform to an archive. Rejects with PlayError. */
export async function exportImage(request: FetchRequest, reference: string, archive: string): Promise<void> {
  const { wanted, at, crane = "crane", signal, patience = usual } = request;
  const onTry = (line: string): void => at(`taking ${wanted.component.name} out of ${reference}: ${line}`);
  const platform = `linux/${wanted.architecture}`;
  await retried(reference, { patience, onTry, signal }, async () => {
    const still = patience.stall * pauses;
    const watch = new Growth(archive, still);
    const either = AbortSignal.any([watch.signal, ...(signal ? [signal] : [])]);
    await runCrane(crane, ["export", "--platform", platform, reference, archive], either)
      .catch((error: unknown) => {
        throw error instanceof PlayError ? new PlayError(`${reference}: ${error.message}`) : error;
      })
      .finally(() => watch.end());
    signal?.throwIfAborted();
    if (watch.signal.aborted) throw new RetryableError(`no data for ${String(still / 1000)} s`);
  });
}

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
