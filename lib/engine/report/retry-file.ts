import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunEvent } from "../runner/index.ts";

/** The hosts that failed or were lost, one a line: for `--limit @FILE`. Gone when a run goes well. */
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
