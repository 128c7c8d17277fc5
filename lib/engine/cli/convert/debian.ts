import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { textOf } from "./jinja.ts";

const family =
  /\{\{\s*(?:ansible_os_family|ansible_distribution|ansible_facts(?:\.|\[')(?:os_family|distribution)(?:'\])?)\s*(?:\|\s*lower\s*)?\}\}/g;

/** The name of a file that a role chooses by the system: kubeplay's resources are for Debian and Ubuntu. */
export const forDebian = (file: string): string =>
  file.replaceAll(family, (found) => (found.includes("lower") ? "debian" : "Debian"));

/** Of files by release, that of the newest Debian in a folder. */
export function ofRelease(folder: string, file: string): string {
  const [, start] = /^(Debian-)\{\{[^{}]*version[^{}]*\}\}$/.exec(file) ?? [];
  if (start === undefined || !existsSync(folder)) return file;
  const releases = readdirSync(folder).flatMap((name) => /^Debian-(\d+)\.ya?ml$/.exec(name)?.[1] ?? []);
  return releases.length === 0 ? file : path.basename(`${start}${String(Math.max(...releases.map(Number)))}`);
}

const other = /(?:os_family|distribution)(?:'\])?(?: \| lower)?\s*==\s*['"](?!debian|ubuntu)\w+['"](?!.*\bor\b)/i;

/** Whether a condition holds on other systems only. */
export const isForOthers = (when: unknown): boolean => [when ?? []].flat().some((one) => other.test(textOf(one)));
