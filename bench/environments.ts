import { createHash } from "node:crypto";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "#engine/files.ts";
import { BenchError } from "./bench-error.ts";
import { measure } from "./measure.ts";
import type { Progress } from "./progress.ts";
import { versions } from "./versions.ts";

/** A Python virtualenv with only these packages, cached under a name that depends on them. */
export async function environment(name: keyof typeof versions, progress: Progress): Promise<string> {
  const packages = versions[name];
  const digest = createHash("sha256").update(JSON.stringify(packages)).digest("hex").slice(0, 12);
  const folder = path.join(cacheFolder(), "bench", `${name}-${digest}`);
  const complete = path.join(folder, "complete");
  if (existsSync(complete)) return folder;
  rmSync(folder, { recursive: true, force: true });
  const python = { command: "python3", args: ["-m", "venv", folder], what: `a virtualenv for ${name}` };
  await measure(python, progress);
  const pip = path.join(folder, "bin", "pip");
  await measure({ command: pip, args: ["install", "--quiet", ...packages], what: packages.join(", ") }, progress);
  writeFileSync(complete, "");
  return folder;
}

/** The folder of a virtualenv's packages, whose path contains the Python version. */
export function sitePackages(venv: string): string {
  const lib = path.join(venv, "lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python"));
  if (python === undefined) throw new BenchError(`${lib} has no Python folder: remove ${venv}, and run again`);
  return path.join(lib, python, "site-packages");
}
