import path from "node:path/posix";
import { TaskError } from "../../errors.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference, Effect, Needs } from "../../tasks/resource.ts";
import {
  allBits,
  checkPermissions,
  permissionCommands,
  permissionDifferences,
  permissionsAfter,
  type Permissions,
} from "./permissions.ts";
import { defineResource } from "../../tasks/task.ts";

export interface DirectoryProps extends Permissions {
  /** Absolute path on the host. Missing parents are made as mkdir -p makes them: mode 0755, owned by root. */
  readonly path: string;
  /** "absent" removes the directory with everything in it. */
  readonly state?: "present" | "absent";
}

interface DirectoryNow {
  readonly path: PathState;
  /** A parent, which may have to be made too. */
  readonly [above: `above ${string}`]: PathState;
}

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
  label: (p: DirectoryProps) => p.path,
  locate: (p) => {
    checkPermissions(p.path, p);
    return { ...p, path: absolutePath(p.path) };
  },
  needs: (p): Needs<DirectoryNow> => ({
    path: pathQuery(p.path),
    ...(isAbsent(p) ? {} : Object.fromEntries(above(p.path).map((name) => [`above ${name}`, pathQuery(name)]))),
  }),
  diff: ({ path: now, ...others }, p): Difference[] => {
    if (isAbsent(p)) return folderRemoval(now, p.path);
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
    const name = quote(p.path);
    if (isAbsent(p)) return [removeFolder(p.path)];
    if (now.type === "directory") return [permissionCommands(found, p.path, p).join(" && ")];
    const { mode = madeWith, ...owners } = p;
    const owned = ["owner", "group"].map((what) => ({ what, before: undefined, after: undefined }));
    const made = `mkdir -p -m ${allBits(mode)} -- ${name}`;
    return [["umask 022", made, ...permissionCommands(owned, p.path, owners)].join(" && ")];
  },
  forecast: (now, p) => {
    if (isAbsent(p)) return { path: { type: "absent" } };
    return {
      ...Object.fromEntries(
        above(p.path)
          .filter((name) => now[`above ${name}`]?.type === "absent")
          .map((name) => [
            `above ${name}`,
            { type: "directory", ...permissionsAfter({ type: "absent" }, {}, madeWith) },
          ]),
      ),
      path: { type: "directory", ...permissionsAfter(now.path, p, madeWith) },
    };
  },
  effects: (p) => (isAbsent(p) ? folderRemovalEffects(p.path) : []),
});

/** The differences for `state: "absent"` of a folder with everything in it. Throws TaskError for "/". */
export function folderRemoval(now: PathState, name: string): Difference[] {
  if (name === "/") throw new TaskError("/ cannot be removed");
  return now.type === "absent" ? [] : [{ what: "state", before: now.type, after: "absent" }];
}
export const removeFolder = (name: string): string => `rm -rf --one-file-system -- ${quote(name)}`;
export const folderRemovalEffects = (name: string): Effect[] => ["everything", { below: name, state: "gone" }];

/** The parents of a path without the root, outermost first. */
function above(name: string): string[] {
  const parent = path.dirname(name);
  return parent === "/" ? [] : [...above(parent), parent];
}
