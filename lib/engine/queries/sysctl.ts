import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";
import { linesOf, words } from "./keys.ts";

/** The live value with single spaces between its parts; undefined if the kernel has no such parameter. */
export type SysctlState = string | undefined;

/**
 * The file of a parameter. As in sysctl(8): if the first separator is a slash, dots are dots
 * (`net/ipv4/conf/eth0.100/forwarding`), else the two swap (`net.ipv4.conf.eth0/100.forwarding`). Throws TaskError for
 * an invalid name.
 */
export function sysctlFile(name: string): string {
  if (!/^[\w*:@-]+([./][\w*:@-]+)+$/.test(name)) throw new TaskError(`"${name}" is not the name of a kernel parameter`);
  const slashed = /[./]/.exec(name)?.[0] === "/";
  return `/proc/sys/${slashed ? name : name.replace(/[./]/g, (separator) => (separator === "." ? "/" : "."))}`;
}

export const normalizeSysctl = (value: string | number): string => String(value).trim().split(/\s+/).join(" ");

const of = defineQuery<SysctlState>({
  kind: "sysctl",
  // One grep for all: dash reads byte by byte, and these files answer the first read only.
  ask: (names) => `LC_ALL=C grep -sHZ '' -- ${words(names.map(sysctlFile))}; :`,
  parse: (stdout, names) => {
    const states = new Map<string, SysctlState>(names.map((name) => [name, undefined]));
    for (const line of linesOf(stdout)) {
      const [, file, value = ""] = /^([^\0]+)\0(.*)$/.exec(line) ?? [];
      for (const name of names) if (sysctlFile(name) === file) states.set(name, normalizeSysctl(value));
    }
    return states;
  },
});

/** A kernel parameter, its name written with dots or slashes: "net.ipv4.ip_forward". */
export const sysctl = (name: string): Query<SysctlState> => of(name);
