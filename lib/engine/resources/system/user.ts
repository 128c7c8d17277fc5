import { TaskError } from "../../errors.ts";
import { content } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { group as groupQuery, isNumber, type GroupState } from "../../queries/group.ts";
import { absolutePath } from "../../queries/keys.ts";
import { password as passwordQuery, type PasswordState } from "../../queries/password.ts";
import { path, type PathState } from "../../queries/path.ts";
import { user as userQuery, type UserState } from "../../queries/user.ts";
import { quote } from "../../shell/quote.ts";
import { differences, effect, requirement, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { safeFoldersOf } from "./safe-folders.ts";
import { addGroup } from "../files/requirements.ts";
import { renumbered } from "./renumbered.ts";
import { checkAbsolute, checkField, checkKnownName, checkMakeable, checkNewName, checkNumber } from "./account.ts";
import { numberedGroups, withGroupNames } from "./numbered-groups.ts";
import { checkPassword, digestOf, passwordDifference } from "./password.ts";
import { userAdded, userChanged } from "./user-commands.ts";
import { groupsAfter, groupsDifference, joinedGroups } from "./user-groups.ts";
import { hasOwnHome, homeMode, homeOf, isAbsent, shellOf, type UserProps } from "./user-props.ts";
import { presence, prop } from "../../tasks/properties.ts";

interface UserNow {
  readonly now: UserState | undefined;
  readonly group: GroupState | undefined;
  readonly home?: PathState;
  readonly password?: PasswordState;
  /** Groups that are named by their numbers. */
  readonly [number: `group ${string}`]: GroupState | undefined;
}

/** The files in Debian's /etc/skel. */
const skeleton = [".bash_logout", ".bashrc", ".profile"];

const named = (state: UserNow, p: UserProps): UserProps =>
  withGroupNames(p, new Map(numberedGroups(p).map((number) => [number, state[`group ${number}`]])));

const isSamePath = (one: string, other: string | undefined): boolean =>
  other !== undefined && one.replace(/(?<=.)\/+$/, "") === other;

const makesHome = ({ now, home }: UserNow): boolean => !now && home?.type === "absent";

/** userdel removes the primary group if it has the user's name and no other members. */
const isOnlyFor = (group: GroupState, now: UserState | undefined, { name }: UserProps): boolean =>
  now?.group === name && group.members.every((member) => member === name);

/**
 * A user account. Properties that are left out are not changed on an existing user. Fails with TaskError for values that
 * passwd(5) cannot hold; the task fails if useradd, usermod or userdel fails.
 *
 * @example
 * user("Make the user", { name: "etcd", system: true, home: "/var/lib/etcd" });
 */
export const user = defineResource({
  kind: "user",
  props: {
    name: prop.text,
    uid: prop.optional(prop.number),
    group: prop.optional(prop.text),
    groups: prop.optional(prop.listOf(prop.text)),
    exclusive: prop.optional(prop.flag),
    password: prop.optional(prop.text),
    home: prop.optional(prop.text),
    shell: prop.optional(prop.text),
    comment: prop.optional(prop.text),
    system: prop.optional(prop.flag),
    state: presence,
  },
  label: (p: UserProps) => p.name,
  locate: (p) => {
    (isAbsent(p) ? checkKnownName : checkNewName)("user", p.name);
    for (const name of [p.group, ...(p.groups ?? [])])
      if (name !== undefined && !isNumber(name)) checkKnownName("group", name);
    for (const what of ["home", "shell", "comment"] as const) checkField(p.name, what, p[what]);
    checkAbsolute(p.name, "home", p.home);
    checkAbsolute(p.name, "shell", p.shell);
    checkNumber("uid", p.name, p.uid);
    checkPassword(p.name, p.password);
    if (p.exclusive && p.groups === undefined)
      throw new TaskError(`${p.name}: exclusive requires groups, expected a list: [] for no other group`);
    // usermod takes slashes off the end.
    return p.home === undefined ? p : { ...p, home: absolutePath(p.home) };
  },
  needs: (p): Needs<UserNow> => ({
    now: userQuery(p.name),
    group: groupQuery(p.name),
    ...(hasOwnHome(p) && { home: path(homeOf(p)) }),
    ...(!isAbsent(p) && p.password !== undefined && { password: passwordQuery(p.name) }),
    ...Object.fromEntries(numberedGroups(p).map((number) => [`group ${number}`, groupQuery(number)])),
  }),
  diff: (state, props): Difference[] => {
    const { now } = state;
    const p = named(state, props);
    if (isAbsent(p)) return now ? [{ what: "state", before: "present", after: "absent" }] : [];
    if (!now) {
      checkMakeable("user", p.name);
      return [{ what: "state", before: "absent", after: "present" }];
    }
    return [
      ...differences({
        uid: [now.uid, p.uid],
        group: [now.group, p.group],
        home: [isSamePath(now.home, p.home) ? p.home : now.home, p.home],
        shell: [now.shell, p.shell],
        comment: [now.comment, p.comment],
      }),
      ...groupsDifference(now, p),
      ...passwordDifference(state.password, p.password),
    ];
  },
  apply: (found, state, props) => {
    const { now } = state;
    const p = named(state, props);
    if (isAbsent(p)) return [`userdel -- ${quote(p.name)}`];
    return now ? userChanged(p, now, found) : userAdded(p, state.group, makesHome(state));
  },
  together: () => [],
  requires: (p, state) => [
    ...(hasOwnHome(p) && (!state || makesHome(state)) ? homeIsSafe(homeOf(p)) : []),
    ...(isAbsent(p) ? [] : joinedGroups(p, state?.now, (number) => state?.[`group ${number}`])).map((name) =>
      requirement(groupQuery(name), (found) => (found ? undefined : `${p.name}: there is no group ${name}`), addGroup),
    ),
  ],
  // Its home is filled from the skeleton, and files that belong to it are listed under another name.
  makesOnlyItself: true,
  effects: (p, found) => [
    "everything",
    // usermod gives files in the home the new number.
    ...renumbered("owner", p.name, found, homeOf(p)),
    ...(hasOwnHome(p) && found.some(({ before }) => before === "absent")
      ? skeleton
          .map((name) => `${homeOf(p)}/${name}`)
          .flatMap((name) => [
            effect(path(name), unknown),
            effect(content(name), unknown),
            effect(digest(name), unknown),
          ])
      : []),
  ],
  forecast: (before, props) => {
    const { now, group, home } = before;
    const p = named(before, props);
    if (isAbsent(p)) return { now: undefined, group: group && isOnlyFor(group, now, p) ? undefined : group };
    const primary = p.group ?? now?.group ?? p.name;
    const after: UserState = {
      group: primary,
      groups: groupsAfter(now, p),
      home: now ? (p.home ?? now.home) : homeOf(p),
      shell: now ? (p.shell ?? now.shell) : shellOf(p),
      comment: p.comment ?? now?.comment ?? "",
      ...uidAfter(now, p),
    };
    return {
      now: after,
      group: group ?? (now === undefined && p.group === undefined ? { members: [] } : undefined),
      ...(home && {
        home:
          home.type === "absent" && !now
            ? ({ type: "directory", mode: homeMode, owner: p.name, group: primary } as const)
            : home,
      }),
      ...(p.password !== undefined && { password: digestOf(p.password) }),
    };
  },
});

const homeIsSafe = (home: string) =>
  safeFoldersOf(home, `the home ${home} would be made`, "make the home first with `directory`");

function uidAfter(now: UserState | undefined, p: UserProps): { readonly uid?: number } {
  const uid = p.uid ?? now?.uid;
  return uid === undefined ? {} : { uid };
}
