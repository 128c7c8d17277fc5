import { defineQuery } from "./define.ts";
import { linesOf, unreadable, words } from "./keys.ts";

export interface GroupState {
  /** Undefined in a forecast of the next free one. */
  readonly gid?: number;
  readonly members: readonly string[];
}

/** The group of a name; undefined if there is none. */
export const group = defineQuery<GroupState | undefined>({
  kind: "group",
  ask: (names) => `getent group -- ${words(names)}`,
  parse: (stdout, names) => {
    const found = new Map(readGroups(stdout).map(({ name, ...state }) => [name, state]));
    return new Map(names.map((name) => [name, found.get(name)]));
  },
});

/** Lines of group(5). */
export const readGroups = (text: string): (Required<GroupState> & { readonly name: string })[] =>
  linesOf(text).map((line) => {
    const [name, , gid, members] = line.split(":");
    if (!name || gid === undefined || members === undefined) throw unreadable(line);
    return { name, gid: Number(gid), members: members.split(",").filter(Boolean) };
  });
