import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Digests of files by their paths, relative to the project. */
export type Sources = Readonly<Record<string, string>>;

/** The folders of a run's sources: the project, and the folder of an inventory outside of it. */
const inProject = ["group_vars", "host_vars", "lib/artifacts", "lib/cluster", "lib/kubernetes", "playbooks", "roles"];
const besideInventory = ["group_vars", "host_vars"];

/**
 * Every file that states desired state: variables, roles, what roles share, playbooks, and the files on the command line
 * (the inventory, a playbook outside of the project, -e @file). The engine is not among them.
 */
export function sourcesOf(root: string, inventory: string, named: readonly string[]): Sources {
  const folders = [
    ...inProject.map((name) => path.join(root, name)),
    ...besideInventory.map((name) => path.join(path.dirname(inventory), name)),
  ];
  const files = [...new Set([inventory, ...named, ...folders.flatMap(filesIn)])].sort();
  return Object.fromEntries(files.map((file) => [path.relative(root, file), digestOf(file)]));
}

/** Describes the differences between two sets of sources. */
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
    // An unreadable file is reported by its reader; here it only has to be the same next time.
    return `unreadable: ${error instanceof Error && "code" in error ? String(error.code) : String(error)}`;
  }
}
