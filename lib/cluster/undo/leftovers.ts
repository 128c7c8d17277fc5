import path from "node:path/posix";
import { defineQuery, defineResource, type Difference, type Query, prop, quote, TaskError } from "kubeplay";
import { absolutePath, unreadable } from "#engine/queries/keys.ts";

/** A folder on a host; undefined if there is none. */
export type FolderState =
  | {
      /** A mount point or a link: somebody put it there, and it stays. */
      readonly stays: boolean;
      /** The names in it. */
      readonly names: readonly string[];
    }
  | undefined;

const of = defineQuery<FolderState>({
  kind: "leftovers",
  // A name ends with NUL, as it may contain anything else.
  ask: (folders) => `look() {
  [ -d "$1" ] || { printf 'none\\0'; return 0; }
  if [ -L "$1" ] || mountpoint -q -- "$1"; then printf 'stays\\0'; else printf 'there\\0'; fi
  LC_ALL=C find -H "$1" -mindepth 1 -maxdepth 1 -printf '%f\\0' && printf '/\\0'
}
${folders.map((folder) => `look ${quote(folder)}`).join("\n")}`,
  parse: (stdout, folders) => {
    const words = stdout.split("\0");
    return new Map(
      folders.map((folder): [string, FolderState] => {
        const type = words.shift();
        if (type === "none") return [folder, undefined];
        const end = words.indexOf("/");
        if (end === -1 || (type !== "stays" && type !== "there")) throw unreadable(String(type));
        const names = words.splice(0, end).sort();
        words.shift();
        return [folder, { stays: type === "stays", names }];
      }),
    );
  },
});

/** The names in a folder. Throws TaskError for a path that is not absolute. */
export const folderState = (folder: string): Query<FolderState> => of(absolutePath(folder));

export interface LeftoversProps {
  readonly folder: string;
  /** The names that go, whether files or folders, with * for any characters: "member", "before-restore-*", "*". */
  readonly names: readonly string[];
  /** The outermost folder above that goes too, if it is empty then; `folder` by default. */
  readonly upTo?: string;
}

type Now = Readonly<Record<string, FolderState>>;

const matches = (name: string, pattern: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", "[^]*")}$`).test(name);

/** The folder and those above it which may go, innermost first. */
function foldersOf({ folder, upTo = folder }: LeftoversProps): readonly string[] {
  const above = folder === upTo ? [] : foldersOf({ folder: path.dirname(folder), upTo, names: [] });
  return [folder, ...above];
}

/** A folder such as /srv belongs to the system. */
const mayGo = (folder: string): boolean => path.dirname(folder) !== "/";

const found = ({ names = [] }: Partial<NonNullable<FolderState>>, p: LeftoversProps): readonly string[] =>
  p.names.filter((pattern) => names.some((name) => matches(name, pattern)));

/** The folders that are empty once the names are gone, innermost first. */
function emptied(now: Now, p: LeftoversProps): readonly string[] {
  const gone: string[] = [];
  for (const [index, folder] of foldersOf(p).entries()) {
    const state = now[folder];
    if (!state) continue;
    const inner = index === 0 ? p.names : gone.map((one) => path.basename(one)).slice(-1);
    const left = state.names.filter((name) => !inner.some((pattern) => matches(name, pattern)));
    if (state.stays || left.length > 0 || !mayGo(folder)) break;
    gone.push(folder);
  }
  return gone;
}

/**
 * Removes names from a folder, and the folder if it is empty then. Other names stay, and so does a folder that is a mount
 * point, a link, or directly below the root. Fails with TaskError for a name that is not a plain one.
 *
 * @example
 * noLeftovers("Remove the member's data", { folder: "/var/lib/etcd", names: ["member"] });
 */
export const noLeftovers = defineResource({
  kind: "leftovers",
  props: { folder: prop.text, names: prop.listOf(prop.text), upTo: prop.optional(prop.text) },
  label: (p: LeftoversProps) => p.folder,
  locate: (p) => {
    const folder = absolutePath(p.folder);
    const wrong = p.names.find((name) => !/^[\w.@:*-]+$/.test(name) || name === "." || name === "..");
    if (wrong !== undefined) throw new TaskError(`"${wrong}" is not a name in ${folder}: expected letters, digits, *`);
    if (p.upTo !== undefined && folder !== p.upTo && !folder.startsWith(`${p.upTo}/`))
      throw new TaskError(`${p.upTo} is not above ${folder}`);
    return { ...p, folder };
  },
  needs: (p) => Object.fromEntries(foldersOf(p).map((folder) => [folder, folderState(folder)])),
  diff: (now: Now, p): Difference[] => [
    ...found(now[p.folder] ?? {}, p).map((name) => ({
      what: path.join(p.folder, name),
      before: "present",
      after: "absent",
    })),
    ...emptied(now, p).map((what) => ({ what, before: "directory", after: "absent" })),
  ],
  apply: (differences, now, p) => {
    const names = found(now[p.folder] ?? {}, p);
    const folders = emptied(now, p);
    const tests = names.map((name) => `-name ${quote(name)}`).join(" -o ");
    return [
      ...(names.length === 0
        ? []
        : [
            `find -H ${quote(p.folder)} -mindepth 1 -maxdepth 1 \\( ${tests} \\) -exec rm -rf --one-file-system -- {} +`,
          ]),
      ...(folders.length === 0 ? [] : [`rmdir -- ${folders.map(quote).join(" ")}`]),
    ];
  },
  forecast: (now, p) => {
    const gone = emptied(now, p);
    return Object.fromEntries(
      foldersOf(p).map((folder): [string, FolderState] => {
        const state = now[folder];
        if (!state || gone.includes(folder)) return [folder, undefined];
        const names = state.names.filter(
          (name) =>
            !gone.includes(path.join(folder, name)) &&
            !(folder === p.folder && p.names.some((pattern) => matches(name, pattern))),
        );
        return [folder, { ...state, names }];
      }),
    );
  },
  effects: (p) => ["everything", { below: p.folder }],
  makesOnlyItself: true,
});
