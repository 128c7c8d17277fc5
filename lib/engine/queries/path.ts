import { identityOf } from "../shell/paths.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, unreadable, words } from "./keys.ts";
import { unseen, withErrors } from "./unseen.ts";
import type { TaskError } from "../errors.ts";

interface Compared {
  /** Identifies what was compared, so that a change can be refused if it has changed since; undefined in a forecast. */
  readonly identity?: string;
}

interface Permissions extends Compared {
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
  /** `mayCome` in a check: an earlier task may bring it, such as a package. */
  | { readonly type: "absent"; readonly mayCome?: boolean }
  | FileState
  | DirectoryState
  /** `toDirectory` is undefined in a forecast. */
  | ({ readonly type: "link"; readonly target: string; readonly toDirectory?: boolean } & Compared)
  /** A socket or a device; in a forecast, anything of which only the existence is known. */
  | ({ readonly type: "other" } & Compared);

/** Bytes. */
export const hashLimit = 8 * 1024 * 1024;

/** Each field ends with NUL, which neither a name nor a link's target can hold. */
const fields = String.raw`%y\0%Y\0%m\0%U\0%G\0%i\0%s\0%T@\0%u\0%g\0%p\0%l\0`;
const count = 12;

const of = defineQuery<PathState>({
  kind: "path",
  ofPath: { gone: { type: "absent" } },
  passing: ["identity"],
  // One find for all, which starts one sha256sum.
  ask: (paths) =>
    withErrors(
      `LC_ALL=C find ${words(paths)} -maxdepth 0 -printf '${fields}'` +
        ` -type f -size -${String(hashLimit + 1)}c -exec sha256sum -z -- {} +`,
    ),
  parse: (stdout, paths) => {
    const states = new Map<string, PathState | TaskError>(paths.map((path) => [path, { type: "absent" }]));
    const parts = stdout.split("\0");
    const errors = parts.pop() ?? "";
    while (parts[0] !== undefined) {
      const hashed = readDigest(parts[0]);
      if (hashed) {
        parts.shift();
        const state = states.get(hashed.path);
        if (state && "type" in state && state.type === "file")
          states.set(hashed.path, { ...state, sha256: hashed.sha256 });
      } else {
        const [path, state] = readState(parts.splice(0, count));
        states.set(path, state);
      }
    }
    const missing = paths.filter((path) => isAbsent(states.get(path)));
    // A link is seen, even if what it leads to is not.
    for (const [path, error] of unseen(withoutHashing(errors), paths, missing))
      if (missing.includes(path)) states.set(path, error);
    return states;
  },
});

const isAbsent = (state: PathState | TaskError | undefined): boolean =>
  state !== undefined && "type" in state && state.type === "absent";

/** A file that cannot be read is a file without a digest. */
const withoutHashing = (errors: string): string => errors.replace(/^sha256sum: .*$/gm, "");

/** The file, directory or link at an absolute path on the host. Throws TaskError for another path. */
export const path = (name: string): Query<PathState> => of(absolutePath(name));

/** A record of sha256sum -z. */
export function readDigest(record: string): { readonly sha256: string; readonly path: string } | undefined {
  const [, sha256, path] = /^([0-9a-f]{64}) [ *](\/[^]*)$/.exec(record) ?? [];
  return sha256 === undefined || path === undefined ? undefined : { sha256, path };
}

function readState(record: readonly string[]): [string, PathState] {
  const [y, target, m, U, G, i, s, T, owner, group, path, link] = record;
  if (!y || !m || !U || !G || !i || !s || !T || !path || link === undefined) throw unreadable(record.join(" "));
  const identity = identityOf({ y, m, U, G, i, s, T });
  const permissions: Permissions = {
    mode: parseInt(m, 8),
    owner: owner ?? U,
    group: group ?? G,
    uid: Number(U),
    gid: Number(G),
    identity,
  };
  switch (y) {
    case "f":
      return [path, { type: "file", ...permissions, size: Number(s) }];
    case "d":
      return [path, { type: "directory", ...permissions }];
    case "l":
      return [path, { type: "link", target: link, toDirectory: target === "d", identity }];
    default:
      return [path, { type: "other", identity }];
  }
}
