import { defineQuery, type Query } from "./define.ts";
import { absolutePath, linesOf, unreadable } from "./keys.ts";
import { quote } from "../shell/quote.ts";

/** The file system that is mounted at a path, the last one if there are several; undefined if none is. */
export type MountState = { readonly type: string; readonly src: string } | undefined;

/** A field as the kernel and fstab(5) write it: a space, tab, line end or backslash as its octal number. */
export const escaped = (field: string): string =>
  field.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
export const unescaped = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** The kernel escapes spaces, and no other character that Unicode takes for one. */
const mountLine = /^(?:[^ ]+ ){4}([^ ]+) [^ ]+ (?:[^ ]+ )*- ([^ ]+) ([^ ]*)(?: .*)?$/s;

const of = defineQuery<MountState>({
  kind: "mount",
  // Not the whole table: a host with many pods has thousands of mounts. grep exits with 1 if there is none of these.
  ask: (paths) =>
    `LC_ALL=C grep -F ${paths.map((path) => `-e ${quote(` ${escaped(path)} `)}`).join(" ")} /proc/self/mountinfo || [ $? -eq 1 ]`,
  parse: (stdout, paths) => {
    const found = new Map<string, MountState>(paths.map((path) => [path, undefined]));
    for (const line of linesOf(stdout)) {
      const [, path, type, src] = mountLine.exec(line) ?? [];
      if (path === undefined || type === undefined || src === undefined) throw unreadable(line);
      const name = unescaped(path);
      if (found.has(name)) found.set(name, { type, src: unescaped(src) });
    }
    return found;
  },
});

/** The mount at an absolute path without links. Throws TaskError for another path. */
export const mount = (path: string): Query<MountState> => of(absolutePath(path));
