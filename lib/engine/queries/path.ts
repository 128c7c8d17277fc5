import { defineQuery, type Query } from "./define.ts";
import { absolutePath, linesOf, unreadable, words } from "./keys.ts";

interface Permissions {
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  /** A name, or the number if it has none. Undefined in a forecast that cannot know it. */
  readonly owner?: string;
  readonly group?: string;
  readonly uid?: number;
  readonly gid?: number;
}

export interface FileState extends Permissions {
  readonly type: "file";
  /** Bytes. */
  readonly size?: number;
  /** Lower-case hex; only for files of at most `hashLimit` bytes. For larger ones, use the query `digest`. */
  readonly sha256?: string;
}

export interface DirectoryState extends Permissions {
  readonly type: "directory";
}

/** The file, directory or link at a path; links are not followed. */
export type PathState =
  | { readonly type: "absent" }
  | FileState
  | DirectoryState
  /** `toDirectory` is undefined in a forecast. */
  | { readonly type: "link"; readonly target: string; readonly toDirectory?: boolean }
  /** A socket or a device; in a forecast, anything of which only the existence is known. */
  | { readonly type: "other" };

/** Bytes. */
export const hashLimit = 8 * 1024 * 1024;

const fields = String.raw`%y%Y %m %u %U %g %G %s\t%p\t%l\n`;

const of = defineQuery<PathState>({
  kind: "path",
  ofPath: { gone: { type: "absent" } },
  // One find for all, which starts one sha256sum; missing paths give no line.
  ask: (paths) =>
    `LC_ALL=C find ${words(paths)} -maxdepth 0 -printf '${fields}'` +
    ` -type f -size -${String(hashLimit + 1)}c -exec sha256sum -- {} + 2>/dev/null`,
  parse: (stdout, paths) => {
    const states = new Map<string, PathState>(paths.map((path) => [path, { type: "absent" }]));
    for (const line of linesOf(stdout)) {
      const hashed = readDigest(line);
      if (hashed) {
        const state = states.get(hashed.path);
        if (state?.type === "file") states.set(hashed.path, { ...state, sha256: hashed.sha256 });
      } else {
        const [path, state] = readState(line);
        states.set(path, state);
      }
    }
    return states;
  },
});

/** The file, directory or link at an absolute path on the host. Throws TaskError for another path. */
export const path = (name: string): Query<PathState> => of(absolutePath(name));

/** A line of sha256sum, which begins with a backslash if it had to escape the name. */
export function readDigest(line: string): { readonly sha256: string; readonly path: string } | undefined {
  const [, escaped, sha256, name] = /^(\\?)([0-9a-f]{64}) [ *](\/.*)$/.exec(line) ?? [];
  if (sha256 === undefined || name === undefined) return undefined;
  return { sha256, path: escaped ? name.replaceAll("\\\\", "\\") : name };
}

function readState(line: string): [string, PathState] {
  const [head = "", path, target] = line.split("\t");
  const [types, mode, owner, uid, group, gid, size] = head.split(" ");
  if (!path || target === undefined || !types || !mode || !owner || !group || !size) throw unreadable(line);
  const permissions: Permissions = { mode: parseInt(mode, 8), owner, group, uid: Number(uid), gid: Number(gid) };
  switch (types[0]) {
    case "f":
      return [path, { type: "file", ...permissions, size: Number(size) }];
    case "d":
      return [path, { type: "directory", ...permissions }];
    case "l":
      return [path, { type: "link", target, toDirectory: types[1] === "d" }];
    default:
      return [path, { type: "other" }];
  }
}
