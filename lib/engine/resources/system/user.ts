import { content } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { group as groupQuery, type GroupState } from "../../queries/group.ts";
import { path, type PathState } from "../../queries/path.ts";
import { user as userQuery, type UserState } from "../../queries/user.ts";
import { quote } from "../../shell/quote.ts";
import { differences, effect, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { checkAbsolute, checkAccountName, checkField } from "./account.ts";

export interface UserProps {
  readonly name: string;
  readonly uid?: number;
  /** The primary group, which must exist; by default, a new user gets a group of the same name. */
  readonly group?: string;
  /** Other groups that the user must be in; further groups are kept. */
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
}

const isAbsent = ({ state }: UserProps): boolean => state === "absent";
const homeOf = (p: UserProps): string => p.home ?? `/home/${p.name}`;
const hasOwnHome = (p: UserProps): boolean => !p.system && !isAbsent(p);
/** Passed to useradd and not left to its configuration, so that the forecast is right. */
const homeMode = 0o700;
/** The files in Debian's /etc/skel. */
const skeleton = [".bash_logout", ".bashrc", ".profile"];
const shellOf = (p: UserProps): string => p.shell ?? (p.system ? "/usr/sbin/nologin" : "/bin/bash");

const missing = (now: UserState, p: UserProps): string[] =>
  (p.groups ?? []).filter((name) => !now.groups.includes(name) && (p.group ?? now.group) !== name);

/**
 * A user account. Properties that are left out are not changed on an existing user. The task fails if useradd, usermod
 * or userdel fails.
 *
 * @example
 * user("Make the user", { name: "etcd", system: true, home: "/var/lib/etcd" });
 */
export const user = defineResource({
  kind: "user",
  label: (p: UserProps) => p.name,
  locate: (p) => {
    checkAccountName("user", p.name);
    if (p.group !== undefined && !/^\d+$/.test(p.group)) checkAccountName("group", p.group);
    for (const name of p.groups ?? []) checkAccountName("group", name);
    for (const what of ["home", "shell", "comment"] as const) checkField(p.name, what, p[what]);
    checkAbsolute(p.name, "home", p.home);
    checkAbsolute(p.name, "shell", p.shell);
    return p;
  },
  needs: (p): Needs<UserNow> => ({
    now: userQuery(p.name),
    group: groupQuery(p.name),
    ...(hasOwnHome(p) && { home: path(homeOf(p)) }),
  }),
  diff: ({ now }, p): Difference[] => {
    if (isAbsent(p)) return now ? [{ what: "state", before: "present", after: "absent" }] : [];
    if (!now) return [{ what: "state", before: "absent", after: "present" }];
    const added = missing(now, p);
    return [
      ...differences({
        uid: [now.uid, p.uid],
        group: [now.group, p.group],
        home: [now.home, p.home],
        shell: [now.shell, p.shell],
        comment: [now.comment, p.comment],
      }),
      ...(added.length > 0
        ? [{ what: "groups", before: now.groups.join(","), after: groupsAfter(now, p).join(",") }]
        : []),
    ];
  },
  apply: (found, { now, group }, p) => {
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
    return [`useradd ${options.join(" ")} -- ${name}`];
  },
  together: () => [],
  // Its home is filled from the skeleton, and files that belong to it are listed under another name.
  effects: (p, found) => [
    "everything",
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
  forecast: (before, p) => {
    const { now, group, home } = before;
    if (isAbsent(p)) return { now: undefined, group: group && p.name === now?.group ? undefined : group };
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

const groupsAfter = (now: UserState | undefined, p: UserProps): string[] =>
  [...new Set([...(now?.groups ?? []), ...(now ? missing(now, p) : (p.groups ?? []))])].sort();

function uidAfter(now: UserState | undefined, p: UserProps): { readonly uid?: number } {
  const uid = p.uid ?? now?.uid;
  return uid === undefined ? {} : { uid };
}
