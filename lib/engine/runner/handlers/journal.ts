import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileNameOf } from "../../files.ts";

/** Notified handlers that could not run, one file per host. The next run of the play runs them. */
export class Journal {
  readonly #folder: string;
  readonly #readOnly: boolean;

  constructor(folder: string, readOnly: boolean) {
    this.#folder = folder;
    this.#readOnly = readOnly;
  }

  /** The keys of a host's pending handlers. */
  pending(host: string): ReadonlySet<string> {
    try {
      const kept: unknown = JSON.parse(readFileSync(this.#file(host), "utf8"));
      return new Set(Array.isArray(kept) ? kept.filter((key) => typeof key === "string") : []);
    } catch {
      return new Set();
    }
  }

  keep(host: string, handlers: ReadonlySet<string>): void {
    if (this.#readOnly) return;
    if (handlers.size === 0) {
      rmSync(this.#file(host), { force: true });
      return;
    }
    mkdirSync(this.#folder, { recursive: true });
    const temporary = `${this.#file(host)}.new`;
    writeFileSync(temporary, JSON.stringify([...handlers]));
    renameSync(temporary, this.#file(host));
  }

  #file(host: string): string {
    return path.join(this.#folder, `${fileNameOf(host)}.json`);
  }
}
