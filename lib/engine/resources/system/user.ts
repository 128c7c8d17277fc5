import { content } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { group as groupQuery, isNumber, type GroupState } from "../../queries/group.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path, type PathState } from "../../queries/path.ts";
import { user as userQuery, type UserState } from "../../queries/user.ts";
import { quote } from "../../shell/quote.ts";
import { differences, effect, requirement, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { makeFolderOf } from "../files/places.ts";
import { defineResource } from "../../tasks/task.ts";
import { safeFoldersOf } from "./safe-folders.ts";
import { addGroup } from "../files/requirements.ts";
import { renumbered } from "./renumbered.ts";
import { checkAbsolute, checkField, checkKnownName, checkMakeable, checkNewName, checkNumber } from "./account.ts";
import { numberedGroups, withGroupNames } from "./numbered-groups.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `user`. */
export interface UserProps {
  readonly name: string;
  readonly uid?: number;
  /** The primary group, which must exist, by name or number; by default, a new user gets a group of the same name. */
  readonly group?: string;
  /** Other groups that the user must be in, by name or number; further groups are kept. */
  readonly groups?: readonly string[];
  /** /home/NAME by default; made with a new user, mode 0700, unless it is a system user. */
  readonly home?: string;
  /** Of a new user, /bin/bash by default, or /usr/sbin/nologin for a system user. */
  readonly shell?: string;
  readonly comment?: string;
  /** A new user gets a number from the system range, no home folder, and cannot log in. */
  readonly system?: boolean;
  /** "absent" keeps the home folder. */
  readonly state?: "present" | "absent";
}

interface UserNow {
  readonly now: UserState | undefined;
  readonly group: GroupState | undefined;
  readonly home?: PathState;
  /** Groups that are named by their numbers. */
  readonly [number: `group ${string}`]: GroupState | undefined;
}

const isAbsent = ({ state }: UserProps): boolean => state === "absent";
const homeOf = (p: UserProps): string => p.home ?? `/home/${p.name}`;
const hasOwnHome = (p: UserProps): boolean => !p.system && !isAbsent(p);
/** Passed to useradd and not left to its configuration, so that the forecast is right. */
const homeMode = 0o700;
/** The files in Debian's /etc/skel. */
const skeleton = [".bash_logout", ".bashrc", ".profile"];
const shellOf = (p: UserProps): string => p.shell ?? (p.system ? "/usr/sbin/nologin" : "/bin/bash");

const named = (state: UserNow, p: UserProps): UserProps =>
  withGroupNames(p, new Map(numberedGroups(p).map((number) => [number, state[`group ${number}`]])));

const isSamePath = (one: string, other: string | undefined): boolean =>
  other !== undefined && one.replace(/(?<=.)\/+$/, "") === other;

const makesHome = ({ now, home }: UserNow): boolean => !now && home?.type === "absent";

/** userdel removes the primary group if it has the user's name and no other members. */
const isOnlyFor = (group: GroupState, now: UserState | undefined, { name }: UserProps): boolean =>
  now?.group === name && group.members.every((member) => member === name);

const missing = (now: UserState, p: UserProps): string[] =>
  (p.groups ?? []).filter((name) => !now.groups.includes(name) && (p.group ?? now.group) !== name);

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
    // usermod takes slashes off the end.
    return p.home === undefined ? p : { ...p, home: absolutePath(p.home) };
  },
  needs: (p): Needs<UserNow> => ({
    now: userQuery(p.name),
    group: groupQuery(p.name),
    ...(hasOwnHome(p) && { home: path(homeOf(p)) }),
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
    const added = missing(now, p);
    return [
      ...differences({
        uid: [now.uid, p.uid],
        group: [now.group, p.group],
        home: [isSamePath(now.home, p.home) ? p.home : now.home, p.home],
        shell: [now.shell, p.shell],
        comment: [now.comment, p.comment],
      }),
      ...(added.length > 0
        ? [{ what: "groups", before: now.groups.join(","), after: groupsAfter(now, p).join(",") }]
        : []),
    ];
  },
  apply: (found, state, props) => {
    const { now, group } = state;
    const p = named(state, props);
    const name = quote(p.name);
    if (isAbsent(p)) return [`userdel -- ${name}`];
    const given = (option: string, value: string | number | undefined): string[] =>
      value === undefined || value === "" ? [] : [`--${option} ${quote(String(value))}`];
    if (now) {
      const changed = (what: "uid" | "group" | "home" | "shell" | "comment") =>
        found.some((difference) => difference.what === what) ? p[what] : undefined;
      const options = [
        ...given("uid", changed("uid")),
        ...given("gid", changed("group")),
        ...given("home", changed("home")),
        ...given("shell", changed("shell")),
        ...(changed("comment") === undefined ? [] : [`--comment ${quote(p.comment ?? "")}`]),
        ...given("append --groups", missing(now, p).join(",")),
      ];
      return [`usermod ${options.join(" ")} -- ${name}`];
    }
    // useradd refuses to make a group that exists.
    const primary = p.group ?? (group ? p.name : undefined);
    const options = [
      ...(p.system ? ["--system"] : []),
      ...(primary === undefined ? ["--user-group"] : ["--no-user-group", ...given("gid", primary)]),
      ...(hasOwnHome(p) ? ["--create-home", `--key HOME_MODE=0${homeMode.toString(8)}`] : ["--no-create-home"]),
      ...given("uid", p.uid),
      ...given("groups", (p.groups ?? []).join(",")),
      ...given("home-dir", homeOf(p)),
      ...given("shell", shellOf(p)),
      ...given("comment", p.comment),
    ];
    const add = `useradd ${options.join(" ")} -- ${name}`;
    // useradd fills the new folder and gives it away by its name.
    return makesHome(state)
      ? [`umask 022 && ${makeFolderOf(homeOf(p))} && kubeplay_alone ${quote(homeOf(p))} && cd / && ${add}`]
      : [add];
  },
  together: () => [],
  requires: (p, state) => [
    ...(hasOwnHome(p) && (!state || makesHome(state)) ? homeIsSafe(homeOf(p)) : []),
    ...joinedGroups(p, state).map((name) =>
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
    };
  },
});

const homeIsSafe = (home: string) =>
  safeFoldersOf(home, `the home ${home} would be made`, "make the home first with `directory`");

/** The groups that must exist for the change; all of them if the user's state is not known. */
function joinedGroups(p: UserProps, state: UserNow | undefined): string[] {
  if (isAbsent(p)) return [];
  const own = new Set([state?.now?.group, ...(state?.now?.groups ?? [])]);
  const name = (group: string): string => state?.[`group ${group}`]?.name ?? group;
  const all = [...(p.group === undefined ? [] : [p.group]), ...(p.groups ?? [])];
  return [...new Set(all)].filter((group) => !own.has(name(group)));
}

const groupsAfter = (now: UserState | undefined, p: UserProps): string[] =>
  [...new Set([...(now?.groups ?? []), ...(now ? missing(now, p) : (p.groups ?? []))])].sort();

function uidAfter(now: UserState | undefined, p: UserProps): { readonly uid?: number } {
  const uid = p.uid ?? now?.uid;
  return uid === undefined ? {} : { uid };
}
