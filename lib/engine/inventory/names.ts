import { isIPv6 } from "node:net";

/** DNS allows no longer name, and file names are made of it. */
const longest = 253;

/**
 * What is wrong with the name of a host or group; undefined if nothing is. Names become parts of patterns, of files on
 * the controller and of configuration on hosts, so they hold no character that is special there.
 */
export function mistakeIn(kind: "host" | "group", name: string): string | undefined {
  if (kind === "host" && isIPv6(name)) return undefined;
  if (/^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u.test(name) && name.length <= longest) return undefined;
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return `${JSON.stringify(shown)} cannot be the name of a ${kind}: expected letters, digits, "_", "-" and ".", the first a letter, a digit or "_", and at most ${String(longest)} of them`;
}
