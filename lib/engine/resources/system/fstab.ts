import { TaskError } from "../../errors.ts";
import { escaped, unescaped } from "../../queries/mount.ts";
import { joined, linesOf } from "../files/edited-file.ts";

/** One mount of fstab(5). */
export interface FstabEntry {
  readonly src: string;
  readonly path: string;
  readonly type: string;
  /** "defaults" if there are none. */
  readonly options: string;
  /** The order of checks at boot; undefined keeps that of the line. */
  readonly passno: number | undefined;
}

export const fstab = "/etc/fstab";

/** Spaces and tabs separate them, and no other character that Unicode takes for a space. */
const fieldsOf = (line: string): string[] =>
  /^[ \t]*#/.test(line) ? [] : line.replace(/^[ \t]+|[ \t\r]+$/g, "").split(/[ \t]+/);
const pathOf = (line: string): string => unescaped(fieldsOf(line)[1] ?? "").replace(/(?<=.)\/+$/, "");

export const srcOf = (line: string): string => unescaped(fieldsOf(line)[0] ?? "");

/** The line of a mount in the text; undefined if there is none. Throws TaskError if there are several. */
export function lineOf(text: string, path: string): string | undefined {
  const found = linesOf(text).filter((line) => pathOf(line) === path);
  if (found.length > 1)
    throw new TaskError(
      `${fstab} has ${String(found.length)} lines for ${path}, expected one: remove those that are wrong`,
    );
  return found[0];
}

/** The line that an entry becomes. The same line if it says so already, in whatever spaces. */
export function lineFor({ src, path, type, options, passno }: FstabEntry, before = ""): string {
  const [oldSrc, , oldType, oldOptions, dump = "0", oldPassno = "0"] = fieldsOf(before);
  const wanted = [...[src, path, type, options].map(escaped), dump, String(passno ?? oldPassno)];
  const now = [oldSrc, escaped(pathOf(before)), oldType, oldOptions, dump, oldPassno];
  return wanted.every((field, index) => field === now[index]) ? before : wanted.join(" ");
}

/** The text with the entry's line in place of the old one, or at the end. */
export function withEntry(text: string, entry: FstabEntry): string {
  const before = lineOf(text, entry.path);
  const line = lineFor(entry, before);
  if (line === before) return text;
  const lines = linesOf(text);
  return joined(before === undefined ? [...lines, line] : lines.with(lines.indexOf(before), line));
}

/** The text without the line of a mount. */
export function withoutEntry(text: string, path: string): string {
  const before = lineOf(text, path);
  return before === undefined ? text : joined(linesOf(text).filter((line) => line !== before));
}
