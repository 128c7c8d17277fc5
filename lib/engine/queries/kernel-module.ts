import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";
import { linesOf } from "./keys.ts";

/** A module of the host's kernel. */
export interface KernelModuleState {
  readonly loaded: boolean;
  /** Part of the kernel itself: there is nothing to load. */
  readonly builtIn: boolean;
  /** modprobe can load it. */
  readonly available: boolean;
}

export const canonicalModule = (name: string): string => name.replaceAll("-", "_");

const of = defineQuery<KernelModuleState>({
  kind: "kernel module",
  // Some of these files write a name with - and others with _, whatever its author wrote.
  ask: (names) => {
    const pattern = names.map((name) => name.replaceAll("_", "[-_]")).join("|");
    return `
release=$(uname -r)
for name in ${names.join(" ")}; do [ ! -d "/sys/module/$name" ] || echo "sys:$name"; done
LC_ALL=C grep -sEHo '(^|/)(${pattern})(\\.ko[.:a-z0-9]*| )' /proc/modules "/lib/modules/$release/modules.builtin" "/lib/modules/$release/modules.dep"
:`;
  },
  parse: (stdout, names) => {
    const found = {
      sys: new Set<string>(),
      modules: new Set<string>(),
      builtin: new Set<string>(),
      dep: new Set<string>(),
    };
    for (const line of linesOf(stdout)) {
      const [, source, rest = ""] = /^(?:\/\S*[/.])?(sys|modules|builtin|dep):(.*)$/.exec(line) ?? [];
      const name = canonicalModule(rest.replace(/^.*\//, "").replace(/(\.ko.*| )$/, ""));
      if (source === "sys" || source === "modules" || source === "builtin" || source === "dep") found[source].add(name);
    }
    return new Map(
      names.map((name) => {
        const loaded = found.modules.has(name);
        const builtIn = found.builtin.has(name) || (found.sys.has(name) && !loaded);
        return [name, { loaded, builtIn, available: found.dep.has(name) }];
      }),
    );
  },
});

/** MODULE_NAME_LEN of a 64-bit kernel, without the NUL at its end. */
const longestModule = 55;

/** A kernel module, its name written with - or _. Throws TaskError for a name that is not a module's. */
export function kernelModule(name: string): Query<KernelModuleState> {
  if (typeof (name as unknown) !== "string") throw new TaskError("a kernel module has no name, expected a string");
  if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > longestModule)
    throw new TaskError(
      `${JSON.stringify(name.slice(0, 60))} is not the name of a kernel module: expected at most ${String(longestModule)} letters, digits, "-" and "_"`,
    );
  return of(canonicalModule(name));
}
