import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunEvent } from "../runner/index.ts";

/**
 * The hosts that failed, were unreachable, or are not done because the run ended early: one per line, for
 * `--limit @FILE`. A run without any removes the file.
 */
export class RetryFile {
  readonly file: string;
  written = false;
  /** Whether hosts that did not fail are in it. */
  hasOthers = false;

  constructor(file: string) {
    this.file = file;
  }

  /** Takes the event as it is: its hosts are read again by --limit, whichever secret is a part of their names. */
  take(covered: RunEvent, event: RunEvent = covered): void {
    if (event.type !== "run ended") return;
    const lost = Object.entries(event.recap).filter(([, { failed, unreachable }]) => failed + unreachable > 0);
    const hosts = new Set([...lost.map(([host]) => host), ...(event.unfinished ?? [])]);
    rmSync(this.file, { force: true });
    if (hosts.size === 0) return;
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(this.file, [...hosts].map((host) => `${host}\n`).join(""));
    this.written = true;
    this.hasOthers = (event.unfinished ?? []).length > 0;
  }
}
