import { defineQuery } from "./define.ts";
import { readGroups } from "./group.ts";
import { linesOf } from "./keys.ts";

/** Names of users, sorted. */
export type PeopleState = readonly string[];

/** The numbers that Debian gives to people, not to programs: UID_MIN and UID_MAX of login.defs(5). */
const [first, last] = [1000, 60_000];

/** The people in a group, also if it is their primary one: accounts in /etc/passwd whose numbers are not the system's. */
export const people = defineQuery<PeopleState>({
  kind: "people",
  ask: () => "cat /etc/passwd && printf '\\0' && cat /etc/group",
  parse: (stdout, groups) => {
    const [accounts = "", lines = ""] = stdout.split("\0");
    const users = linesOf(accounts).map((line) => line.split(":"));
    const known = new Map(readGroups(lines).map((group) => [group.name, group]));
    const isPerson = (uid: string | undefined): boolean => Number(uid) >= first && Number(uid) <= last;
    const isIn = (group: string, [name = "", , , gid]: readonly string[]): boolean => {
      const found = known.get(group);
      return found !== undefined && (found.gid === Number(gid) || found.members.includes(name));
    };
    const of = (group: string): string[] =>
      users.filter((user) => isPerson(user[2]) && isIn(group, user)).flatMap(([name]) => name ?? []);
    return new Map(groups.map((group) => [group, of(group).sort()]));
  },
});
