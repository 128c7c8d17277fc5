import { defineQuery } from "./define.ts";
import { getent } from "./getent.ts";
import { linesOf, unreadable } from "./keys.ts";

/** A group of the host. */
export interface GroupState {
  /** Undefined in a forecast. */
  readonly name?: string;
  /** Undefined in a forecast of the next free one. */
  readonly gid?: number;
  readonly members: readonly string[];
}

export type NamedGroup = Required<GroupState>;

/** The group of a name or, as for useradd, of a number; undefined if there is none. */
export const group = defineQuery<GroupState | undefined>({
  kind: "group",
  ask: (names) => getent("group", names),
  parse: (stdout, names) => {
    const lines = stdout.split("\n");
    return new Map(names.map((name, index) => [name, readGroups(lines[index] ?? "")[0]]));
  },
});

/** Whether a group or a user is named by its number. */
export const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** Lines of group(5). */
export const readGroups = (text: string): NamedGroup[] =>
  linesOf(text).map((line) => {
    const [name, , gid, members] = line.split(":");
    if (!name || gid === undefined || members === undefined) throw unreadable(line);
    return { name, gid: Number(gid), members: members.split(",").filter(Boolean) };
  });
