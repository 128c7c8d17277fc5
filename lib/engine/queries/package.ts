import { defineQuery } from "./define.ts";
import { linesOf, unreadable, words } from "./keys.ts";

export interface PackageState {
  /** Unpacked but not configured counts as not installed. */
  readonly installed: boolean;
  /** Undefined in a forecast of the newest. */
  readonly version?: string;
}

const format = "${db:Status-Status}\t${Version}\t${Package}\t${Architecture}\n";

/** A Debian package, by name or name:architecture. */
export const packageNamed = defineQuery<PackageState>({
  kind: "package",
  ask: (names) => `LC_ALL=C dpkg-query --show --showformat '${format}' -- ${words(names)} 2>/dev/null`,
  parse: (stdout, names) => {
    const states = new Map<string, PackageState>(names.map((name) => [name, { installed: false }]));
    for (const line of linesOf(stdout)) {
      const [status, version, name, architecture] = line.split("\t");
      if (version === undefined || name === undefined || architecture === undefined) throw unreadable(line);
      if (status !== "installed") continue;
      for (const key of [name, `${name}:${architecture}`])
        if (states.has(key)) states.set(key, { installed: true, version });
    }
    return states;
  },
});
