import { readFileSync } from "node:fs";

/** What the compiler found in a file, or in the files of one npm package. */
export interface Module {
  readonly digest: string;
  /** The modules that it imports, by their names in the graph. */
  readonly imports: readonly string[];
}

/** By absolute path: of the file, or of the package's folder. */
export type Modules = Readonly<Record<string, Module>>;

/** The modules that the running program was compiled from; none if it runs uncompiled. */
export function compiledModules(): Modules {
  const file = globalThis.kubeplayModules;
  return file === undefined ? {} : (JSON.parse(readFileSync(file, "utf8")) as Modules);
}

/** These entries and all that they import, however indirectly. */
export function reachedFrom(entries: readonly string[], modules: Modules): ReadonlyMap<string, Module> {
  const found = new Map<string, Module>();
  const left = [...entries];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const module = modules[name];
    if (!module || found.has(name)) continue;
    found.set(name, module);
    left.push(...module.imports);
  }
  return found;
}
