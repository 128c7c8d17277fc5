import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Problem } from "../errors.ts";
import type { Vault } from "../vault/index.ts";
import type { InventoryBuilder } from "./builder.ts";
import { parseIni } from "./parse-ini.ts";
import { parseInventory } from "./parse.ts";
import { readScript } from "./script.ts";
import { isIni, readText, readYaml } from "./yaml-source.ts";

/** Endings of files in an inventory folder that are no inventories, as in Ansible, and hidden files. */
const ignored = /^\.|(?:~|\.(?:orig|ini|cfg|retry|pyc|pyo|swp|bak|rpm|md|txt|rst))$/;
const folders = ["group_vars", "host_vars"];

/** Names of hosts in place of a file: "web-1,web-2", or "web-1," for one. A file of this name takes precedence. */
export const isHostList = (given: string): boolean => given.includes(",") && !given.includes("/") && !existsSync(given);

/** The files of an inventory: a file, or those of a folder in the order of their names. */
export function inventoryFiles(given: string): string[] {
  if (!statSync(given, { throwIfNoEntry: false })?.isDirectory()) return [given];
  return readdirSync(given, { withFileTypes: true })
    .filter((entry) => !ignored.test(entry.name) && !folders.includes(entry.name))
    .map(({ name }) => path.join(given, name))
    .sort()
    .flatMap(inventoryFiles);
}

/** The folder of group_vars and host_vars of an inventory. */
export const folderOf = (given: string): string =>
  statSync(given, { throwIfNoEntry: false })?.isDirectory() ? given : path.dirname(given);

/** Reads one file, in YAML, in INI, or a program that prints its hosts. */
export function readInventory(
  file: string,
  shown: string,
  {
    builder,
    problems,
    vault,
  }: { readonly builder: InventoryBuilder; readonly problems: Problem[]; readonly vault: Vault },
): void {
  if (isHostList(file)) {
    readHostList(file, builder);
    return;
  }
  if (isProgram(file)) {
    readScript(file, shown, builder, problems);
    return;
  }
  const text = readText(file, shown, problems);
  if (text === undefined) return;
  if (isIni(text)) {
    parseIni(text, shown, builder, problems);
    return;
  }
  const source = readYaml(file, shown, problems, vault);
  if (source) parseInventory(source, shown, builder, problems);
}

/** As before the first section of an INI file. */
function readHostList(given: string, builder: InventoryBuilder): void {
  const where = { file: `-i ${given}` };
  builder.group("ungrouped", where);
  for (const name of given.split(",").map((word) => word.trim()))
    if (name !== "") builder.addHosts("ungrouped", name, where, () => [], where.file);
}

/** An executable file that begins as a program does: a YAML file may have got its x bit by accident. */
function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const head = readFileSync(file).subarray(0, 4).toString("latin1");
    return head.startsWith("#!") || head === "\x7fELF";
  } catch {
    return false;
  }
}
