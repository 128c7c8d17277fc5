import type { Play } from "../../dsl/index.ts";
import { assumedFacts } from "../../facts/assumed.ts";
import type { Host, Inventory } from "../../inventory/types.ts";
import { contextOf } from "./play-hosts.ts";
import { plan, type Planned, type TagFilter } from "./plan.ts";
import type { Variables } from "./variables.ts";

/** The tasks of a host in a play before it is reached: it is assumed to be a plain Debian 13 machine. */
export const assumedPlan = (
  play: Play,
  host: Host,
  inventory: Inventory,
  variables: Variables,
  filter: TagFilter,
): Planned[] => plan(play, contextOf(variables, inventory, host, assumedFacts(host.name)), filter);
