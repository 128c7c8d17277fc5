import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileNameOf } from "../../files.ts";
import { agreed, nothingOwed, readOwed, type Owed } from "./owed.ts";

/** Notified handlers that could not run, one file per host. The next run of the play runs them. */
export class Journal {
  readonly #folder: string;
  readonly #readOnly: boolean;
  /** Of the hosts whose own list was read. */
  readonly #agreed = new Map<string, ReadonlySet<string>>();

  constructor(folder: string, readOnly: boolean) {
    this.#folder = folder;
    this.#readOnly = readOnly;
  }

  /** The keys of a host's pending handlers. */
  pending(host: string): ReadonlySet<string> {
    return this.#agreed.get(host) ?? new Set(this.#read(host).handlers);
  }

  /**
   * Takes over the list that the host itself has, once in a run: then this journal has the newer one. The list is
   * undefined if it could not be read: a later play may become root.
   */
  agree(host: string, ofHost: Owed | undefined): void {
    if (!ofHost || this.#agreed.has(host)) return;
    const both = new Set(agreed(this.#read(host), ofHost));
    this.#agreed.set(host, both);
    if (ofHost !== nothingOwed) this.keep(host, both);
  }

  /**
   * What a host is owed now that another run was at work there, which may be of this checkout too. `mine` are handlers
   * that this run itself has notified.
   */
  agreeAgain(host: string, ofHost: Owed | undefined, mine: ReadonlySet<string>): ReadonlySet<string> {
    const ofController = this.#read(host);
    const others = ofHost ? agreed(ofController, ofHost) : ofController.handlers;
    const both = new Set([...others, ...mine]);
    if (ofHost) this.#agreed.set(host, both);
    return both;
  }

  /** Returns the list as it was written. */
  keep(host: string, handlers: ReadonlySet<string>): Owed {
    const owed: Owed = { at: Date.now(), handlers: [...handlers] };
    if (this.#readOnly) return owed;
    if (this.#agreed.has(host)) this.#agreed.set(host, new Set(handlers));
    if (handlers.size === 0) {
      rmSync(this.#file(host), { force: true });
      return owed;
    }
    mkdirSync(this.#folder, { recursive: true });
    const temporary = `${this.#file(host)}.new`;
    writeFileSync(temporary, JSON.stringify(owed));
    renameSync(temporary, this.#file(host));
    return owed;
  }

  #read(host: string): Owed {
    try {
      return readOwed(readFileSync(this.#file(host), "utf8"));
    } catch {
      return nothingOwed;
    }
  }

  #file(host: string): string {
    return path.join(this.#folder, `${fileNameOf(host)}.json`);
  }
}
