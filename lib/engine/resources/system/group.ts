import { group as groupQuery, type GroupState } from "../../queries/group.ts";
import { quote } from "../../shell/quote.ts";
import type { UserState } from "../../queries/user.ts";
import { differences, effect, type Difference, type Effect } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { renumbered } from "./renumbered.ts";
import { checkKnownName, checkMakeable, checkNewName, checkNumber } from "./account.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `group`. */
export interface GroupProps {
  readonly name: string;
  readonly gid?: number;
  /** Gives a new group a number from the system range. */
  readonly system?: boolean;
  readonly state?: "present" | "absent";
}

/** Its former members are in it no longer. */
const left = ({ name, state }: GroupProps): Effect[] => {
  const without = (user: UserState): UserState => ({ ...user, groups: user.groups.filter((one) => one !== name) });
  const becomes = (user: unknown): unknown => user && without(user as UserState);
  return state === "absent" ? [{ kind: "user", becomes }] : [];
};

/** A group is found by its number too: a user may name it so. */
function byNumber({ name, gid, state }: GroupProps, found: readonly Difference[]): Effect[] {
  const before = found.find(({ what }) => what === "gid")?.before;
  const isGone = (group: unknown): boolean => (group as GroupState | undefined)?.name === name;
  if (state === "absent") return [{ kind: "group", becomes: (group) => (isGone(group) ? undefined : group) }];
  return [
    ...(typeof before === "number" ? [effect(groupQuery(String(before)), undefined)] : []),
    ...(gid === undefined ? [] : [effect(groupQuery(String(gid)), { name, gid, members: [] })]),
  ];
}

/**
 * A group of users. The task fails if groupadd, groupmod or groupdel fails.
 *
 * @example
 * group("Make the group", { name: "etcd", system: true });
 */
export const group = defineResource({
  kind: "group",
  props: {
    name: prop.text,
    gid: prop.optional(prop.number),
    system: prop.optional(prop.flag),
    state: presence,
  },
  label: (p: GroupProps) => p.name,
  locate: (p) => {
    (p.state === "absent" ? checkKnownName : checkNewName)("group", p.name);
    checkNumber("gid", p.name, p.gid);
    return p;
  },
  needs: (p) => ({ now: groupQuery(p.name) }),
  diff: ({ now }, p) => {
    const desired = p.state ?? "present";
    if (!now && desired === "present") checkMakeable("group", p.name);
    return differences({
      state: [now ? "present" : "absent", desired],
      ...(now && desired === "present" && { gid: [now.gid, p.gid] }),
    });
  },
  apply: (_found, { now }, p) => {
    if (p.state === "absent") return [`groupdel -- ${quote(p.name)}`];
    const gid = p.gid === undefined ? "" : `--gid ${quote(String(p.gid))} `;
    return [
      now ? `groupmod ${gid}-- ${quote(p.name)}` : `groupadd ${p.system ? "--system " : ""}${gid}-- ${quote(p.name)}`,
    ];
  },
  together: () => [],
  makesOnlyItself: true,
  effects: (p, found) => ["everything", ...renumbered("group", p.name, found), ...byNumber(p, found), ...left(p)],
  forecast: ({ now }, p) => ({
    now: p.state === "absent" ? undefined : { members: [], ...now, ...(p.gid !== undefined && { gid: p.gid }) },
  }),
});
