import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * All temporary files of a run of specs, and of the programs that it starts, are in one folder. It is removed at the end,
 * also if specs were left out by `-g` or failed, whose hooks do not run.
 */
const shared = tmpdir();
const folder = mkdtempSync(path.join(shared, "specs-"));
// As /tmp: programs of other users need it too.
chmodSync(folder, 0o1777);
// The cache of tsx stays where it is: programs start faster with it.
for (const name of readdirSync(shared))
  if (/^tsx-\d+$/.test(name)) symlinkSync(path.join(shared, name), path.join(folder, name));
process.env.TMPDIR = folder;
process.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});
