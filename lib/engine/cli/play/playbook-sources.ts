import path from "node:path";
import { sourcesOf, type Sources } from "../../runner/index.ts";
import { playbookFile } from "./load.ts";
import type { CommandLine } from "../options.ts";

/** Digests of all files that define a run. */
export function sourcesFor(line: Pick<CommandLine, "playbook" | "inventory" | "extraVars">, root: string): Sources {
  const playbook = playbookFile(root, line.playbook);
  const variables = line.extraVars.map((text) => text.trim()).filter((text) => text.startsWith("@"));
  return sourcesOf(root, path.resolve(root, line.inventory), [
    ...(playbook === undefined ? [] : [playbook]),
    ...variables.map((text) => path.resolve(text.slice(1))),
  ]);
}
