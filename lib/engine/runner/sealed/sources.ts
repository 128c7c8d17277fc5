import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Digests of files by their paths, relative to the project. */
export type Sources = Readonly<Record<string, string>>;

/** Where what a run is made of lies: in the project, and partly beside an inventory that lies elsewhere. */
const inProject = ["group_vars", "host_vars", "roles", "playbooks"];
const besideInventory = ["group_vars", "host_vars"];

/**
 * All that says what shall be: variables, roles and playbooks, and the files that the command line names: the inventory, a
 * playbook that lies elsewhere, -e @file.
 */
export function sourcesOf(root: string, inventory: string, named: readonly string[]): Sources {
  const folders = [
    ...inProject.map((name) => path.join(root, name)),
    ...besideInventory.map((name) => path.join(path.dirname(inventory), name)),
  ];
  const files = [...new Set([inventory, ...named, ...folders.flatMap(filesIn)])].sort();
  return Object.fromEntries(files.map((file) => [path.relative(root, file), digestOf(file)]));
}

/** In words, what differs between two of them. */
export function changedSources(then: Sources, now: Sources): string[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    if (then[name] === now[name]) return [];
    if (then[name] === undefined) return [`${name} is new`];
    return [`${name} ${now[name] === undefined ? "is gone" : "has changed"}`];
  });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".") && !entry.name.endsWith("~"))
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function digestOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("base64url");
  } catch (error) {
    // What cannot be read is said by whoever needs it; here it only has to be the same next time.
    return `unreadable: ${error instanceof Error && "code" in error ? String(error.code) : String(error)}`;
  }
}
