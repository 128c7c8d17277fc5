import { existsSync } from "node:fs";
import path from "node:path";
import { isHostList } from "../inventory/sources.ts";

/** How commander reads -i, which may be given several times: a function and the default, which the first -i replaces. */
export function inventories(): [(file: string, before: readonly string[]) => readonly string[], readonly string[]] {
  const usual = ["hosts.yaml"];
  return [(file, before) => (before === usual ? [file] : [...before, file]), usual];
}

/** An inventory of a command line: a path in the project becomes absolute, and a list of hosts stays as it is. */
export function inventoryIn(root: string, given: string): string {
  const file = path.resolve(root, given);
  return isHostList(given) && !existsSync(file) ? given : file;
}
