import type { GroupState } from "../../queries/group.ts";
import type { UserState } from "../../queries/user.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference, Step } from "../../tasks/resource.ts";
import { makeFolderOf } from "../files/path-commands.ts";
import { setPassword } from "./password.ts";
import { groupOptions } from "./user-groups.ts";
import { hasOwnHome, homeMode, homeOf, shellOf, type UserProps } from "./user-props.ts";

const given = (option: string, value: string | number | undefined): string[] =>
  value === undefined || value === "" ? [] : [`--${option} ${quote(String(value))}`];

const passwordSteps = ({ name, password }: UserProps): Step[] =>
  password === undefined ? [] : [setPassword(name, password)];

/** Makes a user. `group` is the group of its name, `makesHome` whether its home is a new folder. */
export function userAdded(p: UserProps, group: GroupState | undefined, makesHome: boolean): Step[] {
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
  const add = `useradd ${options.join(" ")} -- ${quote(p.name)}`;
  // useradd fills the new folder and gives it away by its name.
  const made = makesHome
    ? `umask 022 && ${makeFolderOf(homeOf(p))} && kubeplay_alone ${quote(homeOf(p))} && cd / && ${add}`
    : add;
  return [made, ...passwordSteps(p)];
}

/** Corrects a user that exists. */
export function userChanged(p: UserProps, now: UserState, found: readonly Difference[]): Step[] {
  const changed = (what: "uid" | "group" | "home" | "shell" | "comment") =>
    found.some((difference) => difference.what === what) ? p[what] : undefined;
  const options = [
    ...given("uid", changed("uid")),
    ...given("gid", changed("group")),
    ...given("home", changed("home")),
    ...given("shell", changed("shell")),
    ...(changed("comment") === undefined ? [] : [`--comment ${quote(p.comment ?? "")}`]),
    ...groupOptions(now, p),
  ];
  return [
    ...(options.length > 0 ? [`usermod ${options.join(" ")} -- ${quote(p.name)}`] : []),
    ...(found.some(({ what }) => what === "password") ? passwordSteps(p) : []),
  ];
}
