import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunEvent } from "../runner/index.ts";

/** The failed and unreachable hosts, one per line, for `--limit @FILE`. A run without any removes the file. */
export class RetryFile {
  readonly file: string;
  written = false;

  constructor(file: string) {
    this.file = file;
  }

  take(event: RunEvent): void {
    if (event.type !== "run ended") return;
    const lost = Object.entries(event.recap).filter(([, { failed, unreachable }]) => failed + unreachable > 0);
    rmSync(this.file, { force: true });
    if (lost.length === 0) return;
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(this.file, lost.map(([host]) => `${host}\n`).join(""));
    this.written = true;
  }
}
