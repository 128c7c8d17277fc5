import { defineQuery } from "./define.ts";
import { getent } from "./getent.ts";
import { readGroups, type NamedGroup } from "./group.ts";
import { unreadable } from "./keys.ts";

/** An account of the host. */
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
  ask: (names) => `${getent("passwd", names)}; getent group`,
  parse: (stdout, names) => {
    const lines = stdout.split("\n");
    const groups = readGroups(lines.slice(names.length).join("\n"));
    return new Map(names.map((name, index) => [name, readUser(lines[index] ?? "", groups)]));
  },
});

/** A line of passwd(5). */
function readUser(line: string, groups: readonly NamedGroup[]): UserState | undefined {
  if (line === "") return undefined;
  const [name, , uid, gid, comment, home, shell] = line.split(":");
  if (!name || uid === undefined || home === undefined || shell === undefined) throw unreadable(line);
  return {
    uid: Number(uid),
    group: groups.find((group) => group.gid === Number(gid))?.name ?? String(gid),
    groups: groups
      .filter(({ members }) => members.includes(name))
      .map((group) => group.name)
      .sort(),
    home,
    shell,
    comment: comment ?? "",
  };
}
