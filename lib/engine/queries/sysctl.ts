import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";
import { linesOf, words } from "./keys.ts";

/** The live value with single spaces between its parts; undefined where the kernel has no such parameter. */
export type SysctlState = string | undefined;

/**
 * The file of a parameter. As for sysctl(8): where the first separator is a slash, dots are dots
 * (`net/ipv4/conf/eth0.100/forwarding`), else the two swap (`net.ipv4.conf.eth0/100.forwarding`).
 */
export function sysctlFile(name: string): string {
  if (!/^[\w*:@-]+([./][\w*:@-]+)+$/.test(name)) throw new TaskError(`"${name}" is not the name of a kernel parameter`);
  const slashed = /[./]/.exec(name)?.[0] === "/";
  return `/proc/sys/${slashed ? name : name.replace(/[./]/g, (separator) => (separator === "." ? "/" : "."))}`;
}

export const normalizeSysctl = (value: string | number): string => String(value).trim().split(/\s+/).join(" ");

const of = defineQuery<SysctlState>({
  kind: "sysctl",
  // One grep for all, since dash reads byte by byte and these files answer a first read only.
  ask: (names) => `LC_ALL=C grep -sH '' -- ${words(names.map(sysctlFile))}; :`,
  parse: (stdout, names) => {
    const states = new Map<string, SysctlState>(names.map((name) => [name, undefined]));
    for (const line of linesOf(stdout)) {
      const [, file, value = ""] = /^([^:]+):(.*)$/.exec(line) ?? [];
      for (const name of names) if (sysctlFile(name) === file) states.set(name, normalizeSysctl(value));
    }
    return states;
  },
});

export const sysctl = (name: string): Query<SysctlState> => of(name);
