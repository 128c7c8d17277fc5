import path from "node:path/posix";
import { group, isNumber } from "../../queries/group.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { user } from "../../queries/user.ts";
import { requirement, type Requirement } from "../../tasks/resource.ts";
import type { Permissions } from "./permissions.ts";

/** What to do about a run that needs something that no task makes. */
export const addUser = "add a user task before it";
export const addGroup = "add a group task before it";
const addDirectory = "add a directory task before it";

/** The owner and group of a path, if they are given by name. */
export const accountsOf = (dest: string, { owner, group: owning }: Permissions): Requirement[] => [
  ...(owner === undefined || isNumber(owner)
    ? []
    : [requirement(user(owner), (found) => (found ? undefined : `${dest}: there is no user ${owner}`), addUser)]),
  ...(owning === undefined || isNumber(owning)
    ? []
    : [requirement(group(owning), (found) => (found ? undefined : `${dest}: there is no group ${owning}`), addGroup)]),
];

/** The folder of a file or link. */
export function folderOf(dest: string): Requirement[] {
  const folder = path.dirname(dest);
  return [
    requirement(
      pathQuery(folder),
      ({ type }) => (type === "absent" ? `${dest}: the folder ${folder} does not exist` : undefined),
      addDirectory,
    ),
  ];
}
