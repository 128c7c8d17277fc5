import type { Play } from "../../dsl/index.ts";
import { assumedFacts } from "../../facts/assumed.ts";
import type { Host, Inventory } from "../../inventory/types.ts";
import { contextOf } from "./play-hosts.ts";
import { plan, type Planned, type TagFilter } from "./plan.ts";
import type { Variables } from "./variables.ts";

/** What a host has to do in a play, as if it were a plain Debian 13 machine: nobody has asked it yet. */
export const assumedPlan = (
  play: Play,
  host: Host,
  inventory: Inventory,
  variables: Variables,
  filter: TagFilter,
): Planned[] => plan(play, contextOf(variables, inventory, host, assumedFacts(host.name)), filter);
