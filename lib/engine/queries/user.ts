import { defineQuery } from "./define.ts";
import { readGroups } from "./group.ts";
import { linesOf, unreadable, words } from "./keys.ts";

export interface UserState {
  /** Undefined in a forecast of the next free one. */
  readonly uid?: number;
  /** The primary group; its number if it has no name. */
  readonly group: string;
  /** The other groups, sorted. */
  readonly groups: readonly string[];
  readonly home: string;
  readonly shell: string;
  readonly comment: string;
}

/** The user of a name; undefined if there is none. */
export const user = defineQuery<UserState | undefined>({
  kind: "user",
  ask: (names) => `getent passwd -- ${words(names)}; echo; getent group`,
  parse: (stdout, names) => {
    const [users, all] = splitAtEmptyLine(stdout);
    const groups = readGroups(all);
    const states = new Map<string, UserState | undefined>(names.map((name) => [name, undefined]));
    for (const line of linesOf(users)) {
      const [name, , uid, gid, comment, home, shell] = line.split(":");
      if (!name || uid === undefined || home === undefined || shell === undefined) throw unreadable(line);
      states.set(name, {
        uid: Number(uid),
        group: groups.find((group) => group.gid === Number(gid))?.name ?? String(gid),
        groups: groups
          .filter(({ members }) => members.includes(name))
          .map((group) => group.name)
          .sort(),
        home,
        shell,
        comment: comment ?? "",
      });
    }
    return states;
  },
});

/** The first empty line ends the users, even if there are none. */
function splitAtEmptyLine(text: string): [string, string] {
  if (text.startsWith("\n")) return ["", text];
  const index = text.indexOf("\n\n");
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index)];
}
