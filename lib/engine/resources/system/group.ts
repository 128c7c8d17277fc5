import { group as groupQuery } from "../../queries/group.ts";
import { quote } from "../../shell/quote.ts";
import { differences } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { checkAccountName } from "./account.ts";

export interface GroupProps {
  readonly name: string;
  readonly gid?: number;
  /** Gives a new group a number from the system range. */
  readonly system?: boolean;
  readonly state?: "present" | "absent";
}

/**
 * A group of users. The task fails if groupadd, groupmod or groupdel fails.
 *
 * @example
 * group("Make the group", { name: "etcd", system: true });
 */
export const group = defineResource({
  kind: "group",
  label: (p: GroupProps) => p.name,
  locate: (p) => {
    checkAccountName("group", p.name);
    return p;
  },
  needs: (p) => ({ now: groupQuery(p.name) }),
  diff: ({ now }, p) => {
    const desired = p.state ?? "present";
    return differences({
      state: [now ? "present" : "absent", desired],
      ...(now && desired === "present" && { gid: [now.gid, p.gid] }),
    });
  },
  apply: (_found, { now }, p) => {
    if (p.state === "absent") return [`groupdel -- ${quote(p.name)}`];
    const gid = p.gid === undefined ? "" : `--gid ${String(p.gid)} `;
    return [
      now ? `groupmod ${gid}-- ${quote(p.name)}` : `groupadd ${p.system ? "--system " : ""}${gid}-- ${quote(p.name)}`,
    ];
  },
  together: () => [],
  effects: () => ["everything"],
  forecast: ({ now }, p) => ({
    now: p.state === "absent" ? undefined : { members: [], ...now, ...(p.gid !== undefined && { gid: p.gid }) },
  }),
});
