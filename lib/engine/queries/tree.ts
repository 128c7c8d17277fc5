import type { TaskError } from "../errors.ts";
import { identityOf } from "../shell/paths.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, unreadable, words } from "./keys.ts";
import { readDigest } from "./path.ts";
import { unseen, withErrors } from "./unseen.ts";

/** One name in a folder. */
export interface TreeEntry {
  readonly type: "file" | "directory" | "link" | "other";
  /** Permission bits. */
  readonly mode: number;
  /** Names, or numbers if there is no name. */
  readonly owner: string;
  readonly group: string;
  /** Undefined in a forecast, as the next two. */
  readonly uid?: number;
  readonly gid?: number;
  /** Of a file: lower-case hex. */
  readonly sha256?: string;
  /** Of a link. */
  readonly target?: string;
  /** Identifies what was compared. */
  readonly identity?: string;
}

/** What is at a path, as "", and all names below it, by their path relative to it; undefined if there is nothing. */
export type TreeState = ReadonlyMap<string, TreeEntry> | undefined;

const fields = String.raw`%y\0%m\0%U\0%G\0%i\0%s\0%T@\0%u\0%g\0%p\0%l\0`;
const count = 11;
const types: Readonly<Record<string, TreeEntry["type"]>> = { f: "file", d: "directory", l: "link" };

const of = defineQuery<TreeState>({
  kind: "tree",
  ofPath: { gone: undefined },
  // A change of any path may be within.
  volatile: true,
  ask: (paths) => withErrors(`LC_ALL=C find ${words(paths)} -printf '${fields}' -type f -exec sha256sum -z -- {} +`),
  parse: (stdout, paths) => {
    const found = new Map<string, Map<string, TreeEntry>>();
    const parts = stdout.split("\0");
    const errors = parts.pop() ?? "";
    while (parts[0] !== undefined) {
      const hashed = readDigest(parts[0]);
      const record = parts.splice(0, hashed ? 1 : count);
      const place = hashed?.path ?? record[9] ?? "";
      for (const root of paths.filter((path) => `${place}/`.startsWith(`${path}/`))) {
        const name = place.slice(root.length + 1);
        const tree = found.get(root) ?? new Map<string, TreeEntry>();
        found.set(root, tree);
        const entry = hashed ? tree.get(name) : readEntry(record);
        if (entry) tree.set(name, hashed ? { ...entry, sha256: hashed.sha256 } : entry);
      }
    }
    const missing = paths.filter((path) => !found.has(path));
    const states = new Map<string, TreeState | TaskError>(paths.map((path) => [path, found.get(path)]));
    for (const [path, error] of unseen(errors, paths, missing)) states.set(path, error);
    return states;
  },
});

function readEntry(record: readonly string[]): TreeEntry {
  const [y, m, U, G, i, s, T, owner, group, , link] = record;
  if (!y || !m || !U || !G || !i || !s || !T || link === undefined) throw unreadable(record.join(" "));
  return {
    type: types[y] ?? "other",
    mode: parseInt(m, 8),
    owner: owner ?? U,
    group: group ?? G,
    uid: Number(U),
    gid: Number(G),
    ...(y === "l" && { target: link }),
    identity: identityOf({ y, m, U, G, i, s, T }),
  };
}

/** All names in the folder at an absolute path on the host. Links are not followed. Throws TaskError for another path. */
export const tree = (name: string): Query<TreeState> => of(absolutePath(name));
