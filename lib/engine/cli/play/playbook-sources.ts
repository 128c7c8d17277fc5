import { existsSync } from "node:fs";
import path from "node:path";
import { folderOf, inventoryFiles, isHostList } from "../../inventory/sources.ts";
import { compiledModules, reachedFrom, sourcesOf, type Sources } from "../../runner/index.ts";
import { playbookFile } from "./load.ts";
import { home } from "../../start/home.mjs";
import { inventoryIn } from "../inventories.ts";
import type { CommandLine } from "../options.ts";

/** The program that is compiled with a playbook. */
const source = path.join(home, "lib", "engine", "cli", "main.ts");
const program = existsSync(source) ? source : source.replace(/ts$/, "js");

/** Digests of all inputs of a run that are files: those that it was compiled from, and those that it reads. */
export function sourcesFor(line: Pick<CommandLine, "playbook" | "inventory" | "extraVars">, root: string): Sources {
  const playbook = playbookFile(root, line.playbook);
  const variables = line.extraVars.map((text) => text.trim()).filter((text) => text.startsWith("@"));
  const given = line.inventory.map((one) => inventoryIn(root, one)).filter((one) => !isHostList(one));
  return sourcesOf({
    root,
    inventory: given.flatMap(inventoryFiles),
    variables: given.map(folderOf),
    named: variables.map((text) => path.resolve(text.slice(1))),
    modules: reachedFrom([program, ...(playbook === undefined ? [] : [playbook])], compiledModules()),
    engine: home,
  });
}
