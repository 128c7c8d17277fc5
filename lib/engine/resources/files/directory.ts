import path from "node:path/posix";
import { TaskError } from "../../errors.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference, Effect, Needs } from "../../tasks/resource.ts";
import {
  allBits,
  checkPermissions,
  owners,
  permissionCommand,
  permissionDifferences,
  permissionRules,
  permissionsAfter,
  type Permissions,
} from "./permissions.ts";
import { enterFolderOf, here, makeFolderOf, nameOf, same } from "./path-commands.ts";
import { isKnownLater, removalLater, removalNeeds, type RemovalState } from "./to-come.ts";
import { accountsOf } from "./requirements.ts";
import { defineResource } from "../../tasks/task.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `directory`. */
export interface DirectoryProps extends Permissions {
  /** Absolute path on the host. Missing parents are made as mkdir -p makes them: mode 0755, owned by root. */
  readonly path: string;
  /** "absent" removes the directory with everything in it. */
  readonly state?: "present" | "absent";
}

/** Parents of a path, which may have to be made too. */
export type Parents = Readonly<Record<`above ${string}`, PathState>>;

interface DirectoryNow extends Parents, RemovalState {}

const madeWith = 0o755;
const isAbsent = ({ state }: DirectoryProps): boolean => state === "absent";

/**
 * A directory, mode 0755 by default. A link to a directory is accepted, and permissions are then not changed. Fails
 * with TaskError if a file is in its place or above it.
 *
 * @example
 * directory("Make the folder for keys", { path: "/etc/kubernetes/pki", mode: 0o700 });
 */
export const directory = defineResource({
  kind: "directory",
  props: {
    path: prop.text,
    ...permissionRules,
    state: presence,
  },
  label: (p: DirectoryProps) => p.path,
  locate: (p) => {
    checkPermissions(p.path, p);
    return { ...p, path: absolutePath(p.path) };
  },
  needs: (p): Needs<DirectoryNow> => ({
    ...(isAbsent(p) ? removalNeeds(p.path) : { path: pathQuery(p.path), ...parentsOf(p.path) }),
  }),
  diff: ({ path: now, ...others }, p): Difference[] => {
    if (isAbsent(p)) return isKnownLater({ path: now, ...others }) ? [removalLater] : folderRemoval(now, p.path);
    const [blocking] = above(p.path).filter((name) => others[`above ${name}`]?.type === "file");
    if (blocking !== undefined)
      throw new TaskError(`${p.path} cannot be made: ${blocking} is a file, expected a directory`);
    switch (now.type) {
      case "absent":
      case "other":
        return [{ what: "state", before: "absent", after: "directory" }];
      case "directory":
        return permissionDifferences(now, p);
      case "link":
        if (now.toDirectory !== false) return [];
        throw new TaskError(`${p.path} is a link to ${now.target}, which is not a directory`);
      case "file":
        throw new TaskError(`${p.path} is a file, expected a directory: move it away first`);
    }
  },
  apply: (found, { path: now }, p) => {
    if (isAbsent(p)) return [removeFolder(p.path, now)];
    if (now.type === "directory") return [permissionCommand(found, p.path, now, p)];
    const owned = owners(p);
    return [
      [
        "umask 022",
        makeFolderOf(p.path),
        ...same(nameOf(p.path), now),
        `mkdir -m ${allBits(p.mode ?? madeWith)} -- ${here(p.path)}`,
        // Another folder may have taken the place of the new one: then it is not this user's, or not empty.
        ...(owned === "" ? [] : [`kubeplay_down ${quote(nameOf(p.path))}`, "kubeplay_new", `chown ${quote(owned)} .`]),
      ].join(" && "),
    ];
  },
  forecast: (now, p) => {
    if (isAbsent(p)) return { path: { type: "absent" } };
    return {
      ...madeParents(p.path, now),
      path: { type: "directory", ...permissionsAfter(now.path, p, madeWith) },
    };
  },
  makesOnlyItself: true,
  requires: (p) => (isAbsent(p) ? [] : accountsOf(p.path, p)),
  effects: (p) => (isAbsent(p) ? folderRemovalEffects(p.path) : []),
});

/** The differences for `state: "absent"` of a folder with everything in it. Throws TaskError for "/". */
export function folderRemoval(now: PathState, name: string): Difference[] {
  if (name === "/") throw new TaskError("/ cannot be removed");
  return now.type === "absent" ? [] : [{ what: "state", before: now.type, after: "absent" }];
}
export const removeFolder = (name: string, now: PathState): string =>
  [enterFolderOf(name), ...same(nameOf(name), now), `rm -rf --one-file-system -- ${here(name)}`].join(" && ");
export const folderRemovalEffects = (name: string): Effect[] => ["everything", { below: name, state: "gone" }];

export const parentsOf = (name: string): Needs<Parents> =>
  Object.fromEntries(above(name).map((parent) => [`above ${parent}`, pathQuery(parent)]));

/** The forecast of the parents that are made with a path. */
export const madeParents = (name: string, now: Parents): Parents =>
  Object.fromEntries(
    above(name)
      .filter((parent) => now[`above ${parent}`]?.type === "absent")
      .map((parent) => [
        `above ${parent}`,
        { type: "directory", ...permissionsAfter({ type: "absent" }, {}, madeWith) } as const,
      ]),
  );

/** The parents of a path without the root, outermost first. */
export function above(name: string): string[] {
  const parent = path.dirname(name);
  return parent === "/" ? [] : [...above(parent), parent];
}
