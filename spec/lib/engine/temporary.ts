import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A folder for one suite, with a space and a quote in its name, so that every path in it also tests quoting. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "kubeplay it's "));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
