import { configFolders, grepConfig, readConfig, type ConfigLine } from "./config-files.ts";
import { defineQuery, type Query } from "./define.ts";
import { normalizeSysctl, sysctlFile } from "./sysctl.ts";

/** A line of a file that sets a kernel parameter at boot. */
export interface SysctlSetting extends ConfigLine {
  readonly value: string;
}

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
  ask: () => grepConfig(configFolders("sysctl.d"), "^[^#;]*="),
  parse: (stdout, names) => {
    const all = readConfig(stdout).map((one) => ({ ...one, value: writtenValue(one.line) }));
    const parameters = new Map(names.map((name) => [name, parameterOf(`${name} =`)]));
    return new Map(names.map((name) => [name, all.filter(({ line }) => parameterOf(line) === parameters.get(name))]));
  },
});

/** The value in a line that sets a parameter. */
export const writtenValue = (line: string): string => normalizeSysctl(line.slice(line.indexOf("=") + 1));

/** Everything that sets a kernel parameter at boot; the last one wins. */
export const sysctlSettings = (name: string): Query<readonly SysctlSetting[]> => of(name);
