import { configFolders, grepConfig, readConfig, type ConfigLine } from "./config-files.ts";
import { defineQuery, type Query } from "./define.ts";
import { canonicalModule, kernelModule } from "./kernel-module.ts";

/** A command in place of a module that loads nothing: hardening guides write `install usb-storage /bin/true`. */
const nothing = /^(((\/usr)?\/bin\/)?(true|false)|:)(\s+[^;&|#]*)?(#.*)?$/;

/** The module that a line of modprobe.d keeps from being loaded at boot; undefined if it keeps none. */
export function deniedBy(line: string): string | undefined {
  const [, command, name = "", instead = ""] = /^\s*(blacklist|install)\s+(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
  return command === "blacklist" || (command === "install" && nothing.test(instead))
    ? canonicalModule(name)
    : undefined;
}

const of = defineQuery<readonly ConfigLine[]>({
  kind: "module denials",
  ask: () => grepConfig(configFolders("modprobe.d"), String.raw`^[[:space:]]*\(blacklist\|install\)[[:space:]]`),
  parse: (stdout, names) => {
    const lines = readConfig(stdout);
    return new Map(names.map((name) => [name, lines.filter(({ line }) => deniedBy(line) === name)]));
  },
});

/** Lines of modprobe.d that keep a module from being loaded at boot. Throws TaskError for a name that is not a module's. */
export const moduleDenials = (name: string): Query<readonly ConfigLine[]> => of(kernelModule(name).key);
