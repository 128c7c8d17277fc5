import path from "node:path";
import { defineQuery, type Query } from "./define.ts";
import { linesOf } from "./keys.ts";
import { normalizeSysctl, sysctlFile } from "./sysctl.ts";

/** A line of a file that sets a kernel parameter at boot. */
export interface SysctlSetting {
  readonly file: string;
  readonly line: string;
  readonly value: string;
}

/** As systemd-sysctl reads them: a file hides those of the same name in later folders. */
const folders = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"];
const files = folders.map((folder) => `${folder}/*.conf`).join(" ");

/** Names of the same parameter of the kernel. */
const sameParameter = new Map([["/proc/sys/net/ipv4/conf/all/forwarding", "/proc/sys/net/ipv4/ip_forward"]]);

/** The parameter that a line sets, as its file below /proc/sys; undefined if the line sets none. */
export function parameterOf(line: string): string | undefined {
  const [, name = ""] = /^\s*-?([^\s#;=][^\s=]*)\s*=/.exec(line) ?? [];
  try {
    const file = sysctlFile(name);
    return sameParameter.get(file) ?? file;
  } catch {
    // A pattern, which does not count for a parameter that has a line of its own, or no parameter at all.
    return undefined;
  }
}

const of = defineQuery<readonly SysctlSetting[]>({
  kind: "sysctl settings",
  // The names of all files, each followed by NUL, and a line end; then the lines, each after its file's name and NUL.
  ask: () => `
printf '%s\\0' ${files}
printf '\\n'
LC_ALL=C grep -sHZ '^[^#;]*=' -- ${files}; :`,
  parse: (stdout, names) => {
    const end = stdout.indexOf("\0\n");
    const read = filesInOrder(stdout.slice(0, end).split("\0"));
    const all = linesOf(stdout.slice(end + 2)).flatMap((text) => {
      const [file = "", line = ""] = text.split("\0");
      return read.has(file) ? [{ file, line, value: normalizeSysctl(line.slice(line.indexOf("=") + 1)) }] : [];
    });
    const inOrder = all.sort((a, b) => (read.get(a.file) ?? 0) - (read.get(b.file) ?? 0));
    const parameters = new Map(names.map((name) => [name, parameterOf(`${name} =`)]));
    return new Map(
      names.map((name) => [name, inOrder.filter(({ line }) => parameterOf(line) === parameters.get(name))]),
    );
  },
});

/** The position at which each file is read, without those that another hides. */
function filesInOrder(names: readonly string[]): ReadonlyMap<string, number> {
  const first = new Map<string, string>();
  for (const file of names) {
    const name = path.basename(file);
    if (name !== "*.conf" && !first.has(name)) first.set(name, file);
  }
  return new Map([...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file], index) => [file, index]));
}

/** Everything that sets a kernel parameter at boot; the last one wins. */
export const sysctlSettings = (name: string): Query<readonly SysctlSetting[]> => of(name);
