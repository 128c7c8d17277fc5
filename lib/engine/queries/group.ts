import { defineQuery } from "./define.ts";
import { linesOf, unreadable, words } from "./keys.ts";

export interface GroupState {
  /** Undefined in a forecast. */
  readonly name?: string;
  /** Undefined in a forecast of the next free one. */
  readonly gid?: number;
  readonly members: readonly string[];
}

/** The group of a name or, as for useradd, of a number; undefined if there is none. */
export const group = defineQuery<GroupState | undefined>({
  kind: "group",
  ask: (names) => `getent group -- ${words(names)}`,
  parse: (stdout, names) => {
    const groups = readGroups(stdout);
    const isOf = (key: string) => (one: GroupState) => (isNumber(key) ? one.gid === Number(key) : one.name === key);
    return new Map(names.map((key) => [key, groups.find(isOf(key))]));
  },
});

/** Whether a group or a user is named by its number. */
export const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** Lines of group(5). */
export const readGroups = (text: string): Required<GroupState>[] =>
  linesOf(text).map((line) => {
    const [name, , gid, members] = line.split(":");
    if (!name || gid === undefined || members === undefined) throw unreadable(line);
    return { name, gid: Number(gid), members: members.split(",").filter(Boolean) };
  });
