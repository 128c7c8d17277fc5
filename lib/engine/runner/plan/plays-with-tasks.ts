import type { Play, Role } from "../../dsl/index.ts";
import { assumedFacts } from "../../facts/assumed.ts";
import type { LoadedInventory } from "../../inventory/types.ts";
import type { RunOptions } from "./options.ts";
import { allTasks, plan, wanted } from "./plan.ts";
import { contextOf, playHosts } from "./play-hosts.ts";
import type { Variables } from "./variables.ts";

interface Prospect {
  readonly hasTasks: boolean;
  /** A role with tasks reads facts of hosts that this play may not reach itself. */
  readonly asksOthers: boolean;
}

type Filter = Pick<RunOptions, "limit" | "tags" | "skipTags">;

/**
 * The plays that tags leave something of. The hosts of the others are not connected to: --tags artifacts needs the
 * controller only. Plays before one that reads facts of other hosts stay, because they reach those hosts.
 */
export function playsWithTasks(
  plays: readonly Play[],
  inventory: LoadedInventory,
  variables: Variables,
  filter: Filter,
): readonly Play[] {
  if (filter.tags.length === 0 && filter.skipTags.length === 0) return plays;
  const prospects = plays.map((play) => prospectOf(play, inventory, variables, filter));
  const lastThatAsks = prospects.findLastIndex(({ asksOthers }) => asksOthers);
  return plays.filter((_play, index) => index < lastThatAsks || prospects[index]?.hasTasks);
}

/** Tasks may depend on facts: a role whose own tags are wanted counts, and so does a plan that needs real facts. */
function prospectOf(play: Play, inventory: LoadedInventory, variables: Variables, filter: Filter): Prospect {
  const asking = new Set<Role>();
  const hosts = playHosts(play, inventory, filter.limit);
  // Tasks of earlier plays may add its hosts.
  if (hosts.length === 0) return { hasTasks: true, asksOthers: false };
  const busy = new Set(play.roles.filter((role) => wanted([...(play.tags ?? []), ...role.tags], filter, role.name)));
  for (const host of hosts)
    try {
      const others = (_other: unknown, role: Role) => void asking.add(role);
      const contexts = contextOf(variables, inventory, host, assumedFacts(host.name), others);
      for (const { role } of allTasks(plan(play, contexts, filter))) busy.add(role);
    } catch {
      return { hasTasks: true, asksOthers: true };
    }
  return { hasTasks: busy.size > 0, asksOthers: [...asking].some((role) => busy.has(role)) };
}
