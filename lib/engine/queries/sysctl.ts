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

/**
 * The value that the kernel has after a value was written to it. It stores numbers in decimal, and ranges in order
 * (ip_local_reserved_ports); a value with fewer numbers leaves the others (printk).
 */
export function storedSysctl(written: string, live = ""): string {
  const numbers = written.split(" ").map(numberOf);
  if (numbers.includes(undefined)) return rangesOf(written) ?? written;
  return [...numbers.map(String), ...live.split(" ").slice(numbers.length)].join(" ");
}

/** Whether a value makes no difference to the live one. */
export const isStoredAs = (written: string, live: string): boolean =>
  storedSysctl(written, live) === storedSysctl(live);

/** As the kernel reads it: 0x10 is 16, and 010 is 8. */
function numberOf(text: string): bigint | undefined {
  const [, sign, digits] = /^(-?)(0x[0-9a-f]+|\d+)$/i.exec(text) ?? [];
  if (digits === undefined || (/^0\d/.test(digits) && /[89]/.test(digits))) return undefined;
  const number = BigInt(digits.replace(/^0+(?=[0-7])/, "0o"));
  return sign === "-" ? -number : number;
}

/** "8080,1-3,4" as "1-4,8080"; undefined if it is no list of ranges. */
function rangesOf(text: string): string | undefined {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text) || !/[,-]/.test(text)) return undefined;
  const sorted = text
    .split(",")
    .map((range) => range.split("-").map(Number))
    .map(([first = 0, last = first]) => ({ first, last }))
    .sort((a, b) => a.first - b.first);
  const merged: { first: number; last: number }[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else merged.push({ ...range });
  }
  return merged.map(({ first, last }) => (first === last ? String(first) : `${String(first)}-${String(last)}`)).join();
}

const of = defineQuery<SysctlState>({
  kind: "sysctl",
  // One grep for all: dash reads byte by byte, and these files answer the first read only.
  ask: (names) => `LC_ALL=C grep -sHZ '' -- ${words(names.map(sysctlFile))}; :`,
  parse: (stdout, names) => {
    const states = new Map<string, SysctlState>(names.map((name) => [name, undefined]));
    for (const line of linesOf(stdout)) {
      const [, file, value = ""] = /^([^\0]+)\0([^]*)$/.exec(line) ?? [];
      for (const name of names) if (sysctlFile(name) === file) states.set(name, normalizeSysctl(value));
    }
    return states;
  },
});

/** A kernel parameter, its name written with dots or slashes: "net.ipv4.ip_forward". */
export const sysctl = (name: string): Query<SysctlState> => of(name);
