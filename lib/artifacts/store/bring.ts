import { spawn, type ChildProcess } from "node:child_process";
import { PlayError } from "#engine/errors.ts";

export interface PlayArguments {
  readonly inventory: string;
  /** As -e takes them. */
  readonly extraVars: readonly string[];
  /** "artifacts", "artifacts,images". */
  readonly tags: string;
}

/** A program's exit code, once it has said all; 255 where a signal ended it. */
export const ended = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 255));
  });

/** Plays the part of site that fills the cache, as a person would: its words come through. */
export async function bring({ inventory, extraVars, tags }: PlayArguments): Promise<void> {
  const words = ["-i", inventory, ...extraVars.flatMap((one) => ["-e", one]), "--tags", tags, "site"];
  const child = spawn(process.execPath, ["lib/engine/cli/kubeplay.mjs", ...words], { stdio: "inherit" });
  const code = await ended(child);
  if (code !== 0) throw new PlayError(`what is needed could not be got (exit code ${String(code)}): see above`);
}
