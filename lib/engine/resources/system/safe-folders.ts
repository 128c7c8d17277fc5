import path from "node:path/posix";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { requirement, type Requirement } from "../../tasks/resource.ts";
import { above } from "../files/directory.ts";

/**
 * What a program needs that takes a path by its name, such as useradd: folders in which no one but root can swap a name
 * for another. `problem` begins the error, and `remedy` ends it.
 */
export const safeFoldersOf = (place: string, problem: string, remedy: string): Requirement[] =>
  above(place).map((folder) =>
    requirement(pathQuery(folder), (found) =>
      isOpen(found, folder === path.dirname(place))
        ? `${problem} where others can swap it, as ${folder} is theirs or they may write to it: ${remedy}`
        : undefined,
    ),
  );

/** In a sticky folder, others cannot swap what is root's, but they can take a name that is free. */
const isOpen = (found: PathState, isDirectlyAbove: boolean): boolean =>
  found.type === "directory" &&
  (!isOfRoot(found) || ((found.mode & 0o022) !== 0 && (isDirectlyAbove || (found.mode & 0o1000) === 0)));

/** A forecast may know only one of them. */
const isOfRoot = ({ uid, owner }: { readonly uid?: number; readonly owner?: string }): boolean =>
  uid === 0 || owner === "root" || (uid === undefined && owner === undefined);
