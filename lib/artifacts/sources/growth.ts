import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** The bytes of a file, or of all files in a folder; 0 if it is absent. */
async function sizeOf(place: string): Promise<number> {
  const found = await stat(place).catch(() => undefined);
  if (!found?.isDirectory()) return found?.size ?? 0;
  // Files come and go in a folder that is being written.
  const names = await readdir(place).catch(() => []);
  const sizes = await Promise.all(names.map((name) => sizeOf(path.join(place, name))));
  return sizes.reduce((all, one) => all + one, 0);
}

/** Aborts its signal if a file or a folder has not grown for some milliseconds. */
export class Growth {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #size = -1;
  #since = performance.now();

  constructor(place: string, still: number) {
    this.#timer = setInterval(
      () => {
        void this.#look(place, still);
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

  async #look(place: string, still: number): Promise<void> {
    const size = await sizeOf(place);
    if (size > this.#size) this.#since = performance.now();
    this.#size = Math.max(size, this.#size);
    if (performance.now() - this.#since > still) this.#abort.abort();
  }
}
