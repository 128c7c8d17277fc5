import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Module } from "./modules.ts";

/** Digests of inputs by their names: for a file, its path relative to the project. */
export type Sources = Readonly<Record<string, string>>;

export interface SourceFiles {
  /** The project's folder. */
  readonly root: string;
  /** Absolute paths of all inventory files. */
  readonly inventory: readonly string[];
  /** The folders of the inventories, which have group_vars and host_vars too. */
  readonly variables: readonly string[];
  /** Files on the command line (-e @file). */
  readonly named: readonly string[];
  /** The modules of the program and the playbook, as they were compiled. */
  readonly modules: ReadonlyMap<string, Module>;
  /** kubeplay's own folder. */
  readonly engine: string;
}

/** The folders of variables: in the project, and beside an inventory outside of it. */
const ofVariables = ["group_vars", "host_vars"];
/** The folders beside a module whose files it may read: those of a role, and of code that roles share. */
const besideModules = ["templates", "files"];
const lockFile = "package-lock.json";

/**
 * Every input of a run but the hosts and the environment: all modules that were compiled for it, kubeplay's own among
 * them, the files beside them, the versions of npm packages, the inventory, and all variables.
 */
export function sourcesOf({ root, inventory, variables, named, modules, engine }: SourceFiles): Sources {
  const folders = [
    ...[root, ...variables].flatMap((folder) => ofVariables.map((name) => path.join(folder, name))),
    ...foldersOf(modules).flatMap((folder) => besideModules.map((name) => path.join(folder, name))),
  ];
  const ofEngine = filesIn(path.join(engine, "lib", "engine")).filter((file) => !file.endsWith(".ts"));
  const locks = [root, engine].map((folder) => path.join(folder, lockFile));
  const files = new Set([...inventory, ...named, ...folders.flatMap(filesIn), ...ofEngine, ...locks]);
  const digests = [
    ...[...modules].map(([name, { digest }]) => [name, digest] as const),
    ...[...files].filter((file) => !modules.has(file)).map((file) => [file, digestOf(file)] as const),
  ];
  const shown = digests.map(([file, digest]) => [path.relative(root, file), digest] as const);
  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Describes the differences between two sets of sources. */
export function changedSources(then: Sources, now: Sources): string[] {
  const [before, after] = [new Map(Object.entries(then)), new Map(Object.entries(now))];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    if (before.get(name) === after.get(name)) return [];
    if (!before.has(name)) return [`${name} is new`];
    return [`${name} ${after.has(name) ? "has changed" : "is gone"}`];
  });
}

/** The folders of all modules that are files: those of npm packages are named by their folder. */
const foldersOf = (modules: ReadonlyMap<string, Module>): string[] => [
  ...new Set([...modules.keys()].filter((name) => /\.[cm]?[jt]s$/.test(name)).map((name) => path.dirname(name))),
];

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".") && !entry.name.endsWith("~"))
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function digestOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("base64url");
  } catch (error) {
    if (isMissing(error)) return "absent";
    // An unreadable file is reported by its reader; here it only has to be the same next time.
    return `unreadable: ${error instanceof Error && "code" in error ? String(error.code) : String(error)}`;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";
