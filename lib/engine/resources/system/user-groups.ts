import type { GroupState } from "../../queries/group.ts";
import type { UserState } from "../../queries/user.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference } from "../../tasks/resource.ts";

/** The groups of a user, as properties, by name. */
export interface UserGroups {
  readonly group?: string;
  readonly groups?: readonly string[];
  readonly exclusive?: boolean;
}

type Now = UserState | undefined;

const missing = (now: UserState, { group, groups = [] }: UserGroups): string[] =>
  groups.filter((name) => !now.groups.includes(name) && (group ?? now.group) !== name);

const surplus = (now: UserState, { group, groups = [], exclusive }: UserGroups): string[] =>
  exclusive ? now.groups.filter((name) => !groups.includes(name) && (group ?? now.group) !== name) : [];

/** The other groups after the change, sorted. */
export function groupsAfter(now: Now, p: UserGroups): string[] {
  if (!now) return [...new Set(p.groups ?? [])].sort();
  const gone = surplus(now, p);
  return [...new Set([...now.groups.filter((name) => !gone.includes(name)), ...missing(now, p)])].sort();
}

export const groupsDifference = (now: UserState, p: UserGroups): Difference[] =>
  missing(now, p).length + surplus(now, p).length === 0
    ? []
    : [{ what: "groups", before: now.groups.join(","), after: groupsAfter(now, p).join(",") }];

/** The options of usermod. */
export function groupOptions(now: UserState, p: UserGroups): string[] {
  if (surplus(now, p).length > 0) return [`--groups ${quote(groupsAfter(now, p).join(","))}`];
  const added = missing(now, p);
  return added.length === 0 ? [] : [`--append --groups ${quote(added.join(","))}`];
}

/** The groups that must exist for the change; all of them if the user's state is not known. `named` is by number. */
export function joinedGroups(
  { group, groups = [] }: UserGroups,
  now: Now,
  named: (number: string) => GroupState | undefined,
): string[] {
  const own = new Set([now?.group, ...(now?.groups ?? [])]);
  const all = [...(group === undefined ? [] : [group]), ...groups];
  return [...new Set(all)].filter((one) => !own.has(named(one)?.name ?? one));
}
