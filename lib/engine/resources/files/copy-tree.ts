import path from "node:path";
import { TaskError } from "../../errors.ts";
import { controllerTree, type ControllerTreeEntry, type ControllerTreeState } from "../../queries/controller-tree.ts";
import { absolutePath } from "../../queries/keys.ts";
import type { PathState } from "../../queries/path.ts";
import { tree as treeQuery, type TreeEntry, type TreeState } from "../../queries/tree.ts";
import { quote } from "../../shell/quote.ts";
import { unknown, type Difference, type Needs, type Step } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { madeParents, parentsOf, type Parents } from "./directory.ts";
import { linkSteps } from "./link.ts";
import {
  allBits,
  checkPermissions,
  owners,
  permissionCommand,
  permissionDifferences,
  type Permissions,
} from "./permissions.ts";
import { enterFolderOf, here, makeFolderOf, nameOf } from "./path-commands.ts";
import { accountsOf } from "./requirements.ts";
import { absent } from "../../shell/paths.ts";

/** The properties of `copyTree`. */
export interface CopyTreeProps {
  /** A folder on the controller: absolute, or in the role's files/ folder. */
  readonly src: string;
  /** Absolute path of the folder on the host; made if it does not exist. */
  readonly dest: string;
  /** Owner of everything in it, a name or a number; root by default. */
  readonly owner?: string;
  /** The same for the group. */
  readonly group?: string;
  /** Removes what the source does not have. False by default. */
  readonly purge?: boolean;
}

interface CopyTreeNow extends Parents {
  readonly there: TreeState;
  readonly source: ControllerTreeState;
}

/**
 * A folder of the controller with everything in it. Files get mode 0644, or 0755 if they are executable here; folders
 * 0755. Links are copied as links. Each file is replaced atomically. Fails with TaskError if the folder is not on the
 * controller, and if a file would have to take the place of a folder.
 *
 * @example
 * copyTree("Install the site", { src: "site", dest: "/var/www/site", purge: true });
 */
export const copyTree = defineResource({
  kind: "copy tree",
  props: {
    src: prop.text,
    dest: prop.text,
    owner: prop.optional(prop.text),
    group: prop.optional(prop.text),
    purge: prop.optional(prop.flag),
  },
  label: (p: CopyTreeProps) => p.dest,
  locate: (p, roleFolder) => {
    checkPermissions(p.dest, p);
    return { ...p, dest: absolutePath(p.dest), src: path.resolve(roleFolder, "files", p.src) };
  },
  needs: (p): Needs<CopyTreeNow> => ({
    there: treeQuery(p.dest),
    source: controllerTree(p.src),
    ...parentsOf(p.dest),
  }),
  diff: (now, p): Difference[] => {
    const found = compare(now, p);
    const listed = (names: readonly string[]): string | undefined =>
      names.length === 0 ? undefined : names.map((name) => name || ".").join("\n");
    return [
      { what: "added", before: undefined, after: listed(found.added) },
      { what: "changed", before: listed(found.changed), after: listed(found.changed) },
      { what: "permissions", before: listed(found.permitted), after: listed(found.permitted) },
      { what: "removed", before: listed(found.removed), after: undefined },
    ].filter(({ before, after }) => before !== undefined || after !== undefined);
  },
  apply: (_found, now, p) => {
    const found = compare(now, p);
    return [
      ...found.removed.map((name) => removal(name, found, p)),
      ...makeFolders(found, p),
      ...[...found.added, ...found.changed].flatMap((name) => place(name, found, p)),
      ...found.permitted.map((name) => permit(name, found, p)),
    ];
  },
  forecast: ({ source, there, ...parents }, p) => ({
    ...madeParents(p.dest, parents),
    source,
    there: after({ source, there, ...parents }, p),
  }),
  requires: (p) => accountsOf(p.dest, p),
  effects: (p) => [{ below: p.dest, state: unknown }],
  parts: () => ({}),
});

interface Found {
  readonly wanted: ReadonlyMap<string, ControllerTreeEntry>;
  readonly there: ReadonlyMap<string, TreeEntry>;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly permitted: readonly string[];
  /** Nothing that is below another one. */
  readonly removed: readonly string[];
}

/** The source with its root, as "". */
function wantedOf({ source }: CopyTreeNow, { src, dest }: CopyTreeProps): Map<string, ControllerTreeEntry> {
  if (!source) throw new TaskError(`${src} is not a folder on the controller, expected one to copy to ${dest}`);
  return new Map<string, ControllerTreeEntry>([["", { type: "directory" }], ...source]);
}

function compare(now: CopyTreeNow, p: CopyTreeProps): Found {
  const wanted = wantedOf(now, p);
  const there = now.there ?? new Map<string, TreeEntry>();
  const outcomes = [...wanted].map(([name, entry]) => [name, outcomeOf(name, entry, there.get(name), p)] as const);
  const named = (outcome: string): string[] => outcomes.filter(([, one]) => one === outcome).map(([name]) => name);
  const extra = new Set(p.purge ? [...there.keys()].filter((name) => !wanted.has(name)) : []);
  return {
    ...{ wanted, there },
    added: named("added"),
    changed: named("changed"),
    permitted: named("permitted"),
    removed: [...extra].filter((name) => !extra.has(path.posix.dirname(name))),
  };
}

function outcomeOf(name: string, entry: ControllerTreeEntry, found: TreeEntry | undefined, p: CopyTreeProps) {
  if (!found) return "added";
  if ((entry.type === "directory") !== (found.type === "directory"))
    throw new TaskError(
      `${fullName(name, p)} is a ${found.type}, expected a ${entry.type}: move it away first, as nothing in it may be lost`,
    );
  if (entry.type === "link") return isSameLink(entry, found) ? "same" : "changed";
  if (entry.type === "file" && (found.type !== "file" || found.sha256 !== entry.sha256)) return "changed";
  return permissionDifferences(stateOf(found), permissionsOf(entry, p)).length > 0 ? "permitted" : "same";
}

const isSameLink = (entry: { readonly target: string }, found: TreeEntry | undefined): boolean =>
  found?.type === "link" && found.target === entry.target;
const fullName = (name: string, { dest }: CopyTreeProps): string => (name === "" ? dest : `${dest}/${name}`);
const permissionsOf = (entry: ControllerTreeEntry, { owner, group }: CopyTreeProps): Permissions => ({
  mode: entry.type === "directory" || (entry.type === "file" && entry.executable) ? 0o755 : 0o644,
  ...(owner !== undefined && { owner }),
  ...(group !== undefined && { group }),
});

/** What is there, as the query `path` has it. */
function stateOf(found: TreeEntry): Extract<PathState, { readonly type: "file" | "directory" }> {
  const { mode, owner, group, uid, gid } = found;
  return {
    ...{ type: found.type === "directory" ? "directory" : "file", mode, owner, group },
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...identified(found),
  };
}

const identified = ({ identity }: TreeEntry) => (identity === undefined ? {} : { identity });

const removal = (name: string, found: Found, p: CopyTreeProps): string =>
  [
    enterFolderOf(fullName(name, p)),
    ...sameAs(name, found, p),
    `rm -rf --one-file-system -- ${here(fullName(name, p))}`,
  ].join(" && ");

const sameAs = (name: string, { there }: Found, p: CopyTreeProps): string[] => {
  const identity = there.get(name)?.identity;
  return identity === undefined ? [] : [`kubeplay_same ${quote(nameOf(fullName(name, p)))} ${quote(identity)}`];
};

/** One shell program for all new folders, as each is made in the one before. */
function makeFolders({ added, wanted }: Found, p: CopyTreeProps): string[] {
  const folders = added.filter((name) => wanted.get(name)?.type === "directory");
  if (folders.length === 0) return [];
  const owned = owners(p);
  const make = (name: string): string =>
    [
      makeFolderOf(`${fullName(name, p)}/x`),
      // Another folder may have taken the place of the new one: then it is not this user's, or not empty.
      "kubeplay_new",
      ...(owned === "" ? [] : [`chown ${quote(owned)} .`]),
      `chmod ${allBits(0o755)} .`,
    ].join(" && ");
  return [["umask 022", ...folders.map(make)].join(" && ")];
}

function place(name: string, { wanted, there }: Found, p: CopyTreeProps): Step[] {
  const entry = wanted.get(name);
  const found = there.get(name);
  const to = fullName(name, p);
  if (entry?.type === "link")
    return linkSteps(to, entry.target, found ? { type: "other", ...identified(found) } : { type: "absent" });
  if (entry?.type !== "file") return [];
  const replaces = found ? found.identity : absent;
  const owned = found?.type === "file" ? { owner: found.owner, group: found.group } : {};
  const { mode = 0o644, ...given } = permissionsOf(entry, p);
  return [
    {
      upload: { file: path.join(p.src, name) },
      to,
      mode,
      sha256: entry.sha256,
      ...(replaces !== undefined && { replaces }),
      ...owned,
      ...given,
    },
  ];
}

function permit(name: string, { wanted, there }: Found, p: CopyTreeProps): string {
  const [entry, found] = [wanted.get(name), there.get(name)];
  if (!entry || !found) throw new Error(`${name} is not there`);
  const permissions = permissionsOf(entry, p);
  const state = stateOf(found);
  return permissionCommand(permissionDifferences(state, permissions), fullName(name, p), state, permissions);
}

/** Names that are not managed stay. Who owns a new name is only known after apply. */
function after(now: CopyTreeNow, p: CopyTreeProps): TreeState {
  const wanted = [...wantedOf(now, p)].map(
    ([name, entry]) => [name, entryAfter(entry, now.there?.get(name), p)] as const,
  );
  return new Map([...(p.purge ? [] : (now.there ?? [])), ...wanted]);
}

function entryAfter(entry: ControllerTreeEntry, found: TreeEntry | undefined, p: CopyTreeProps): TreeEntry {
  const owned = { owner: found?.owner ?? "root", group: found?.group ?? "root" };
  if (entry.type === "link")
    return { type: "link", target: entry.target, mode: 0o777, ...(isSameLink(entry, found) ? owned : byRoot) };
  const { mode = 0o644, ...given } = permissionsOf(entry, p);
  return { type: entry.type, mode, ...owned, ...given, ...(entry.type === "file" && { sha256: entry.sha256 }) };
}

const byRoot = { owner: "root", group: "root" } as const;
