import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";
import { home } from "#engine/start/home.mjs";

const program = path.join(home, "lib", "engine", "cli", "kubeplay.mjs");

export interface PlayArguments {
  readonly inventory: string;
  /** In the form that -e takes. */
  readonly extraVars: readonly string[];
  /** "artifacts", "artifacts,images". */
  readonly tags: string;
}

/** A program's exit code, after all of its output; 255 if a signal ended it. */
export const ended = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 255));
  });

/** Runs the part of `site` that fills the cache as a user would, and shows its output. Throws PlayError if it fails. */
export async function bring({ inventory, extraVars, tags }: PlayArguments): Promise<void> {
  const words = ["-i", inventory, ...extraVars.flatMap((one) => ["-e", one]), "--tags", tags, "site"];
  const child = spawn(process.execPath, [program, ...words], { stdio: "inherit" });
  const code = await ended(child);
  if (code !== 0) throw new PlayError(`preparing the artifacts failed (exit code ${String(code)}): see above`);
}
