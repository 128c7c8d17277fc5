import type { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, unreadable } from "./keys.ts";
import { unseen, withErrors } from "./unseen.ts";

/** One name below a folder. */
export interface FoundEntry {
  /** Absolute. */
  readonly path: string;
  readonly type: "file" | "directory" | "link" | "other";
  /** In bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Names, or numbers if there is no name. */
  readonly owner: string;
  readonly group: string;
  /** When it was last written, in seconds since 1970. */
  readonly modified: number;
}

/** What find(1) is asked for below a folder. */
export interface Search {
  /** Absolute. */
  readonly path: string;
  readonly type: FoundEntry["type"] | "any";
  /** How deep below it; 1 is its own entries. */
  readonly depth: number;
  /** Written at least this many seconds ago. */
  readonly olderThan?: number;
  /** At least this many bytes. */
  readonly largerThan?: number;
}

const letters = { file: "f", directory: "d", link: "l" } as const;
const types: Readonly<Record<string, FoundEntry["type"]>> = { f: "file", d: "directory", l: "link" };
const fields = String.raw`%y\t%m\t%U\t%G\t%s\t%T@\t%u\t%g\t%p\0`;

const of = defineQuery<readonly FoundEntry[]>({
  kind: "found",
  // After the entries of each search come its errors and a mark.
  ask: (keys) => keys.map((key) => `${withErrors(commandOf(searchOf(key)))}; printf '\\0=\\0'`).join("\n"),
  parse: (stdout, keys) => {
    const records = stdout.split("\0");
    return new Map<string, readonly FoundEntry[] | TaskError>(
      keys.map((key) => {
        const end = records.indexOf("=");
        if (end < 1) throw unreadable(stdout);
        const [errors = "", ...found] = records
          .splice(0, end + 1)
          .slice(0, -1)
          .reverse();
        const entries = found.map(readEntry).sort((one, two) => (one.path < two.path ? -1 : 1));
        const { path } = searchOf(key);
        return [key, unseen(errors, [path], [path]).get(path) ?? entries];
      }),
    );
  },
  // A change of any path may be within.
  volatile: true,
});

/** What is found below a folder, sorted by path; nothing if it does not exist. Links are not followed. */
export const found = (search: Search): Query<readonly FoundEntry[]> =>
  of(JSON.stringify({ ...search, path: absolutePath(search.path) }));

const searchOf = (key: string): Search => JSON.parse(key) as Search;

function commandOf({ path, type, depth, olderThan, largerThan }: Search): string {
  const tests = [
    ...(type === "any" ? [] : [type === "other" ? "! -type f ! -type d ! -type l" : `-type ${letters[type]}`]),
    ...(olderThan === undefined ? [] : [`! -newermt "@$(($(date +%s) - ${String(olderThan)}))"`]),
    ...(largerThan === undefined || largerThan <= 0 ? [] : [`-size +${String(largerThan - 1)}c`]),
  ];
  return `LC_ALL=C find -H ${quote(path)} -mindepth 1 -maxdepth ${String(depth)} ${tests.join(" ")} -printf '${fields}'`;
}

function readEntry(record: string): FoundEntry {
  const [, y, m, , , s, T, owner, group, path] =
    /^(\w)\t(\d+)\t(\d+)\t(\d+)\t(\d+)\t([\d.]+)\t([^\t]*)\t([^\t]*)\t(\/[^]*)$/.exec(record) ?? [];
  if (!y || !m || !s || !T || owner === undefined || group === undefined || path === undefined)
    throw unreadable(record);
  const [mode, size, modified] = [Number.parseInt(m, 8), Number(s), Number(T)];
  return { path, type: types[y] ?? "other", size, mode, owner, group, modified };
}
