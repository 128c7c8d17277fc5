import type { Play, Role, RoleContext } from "../../dsl/index.ts";
import type { Facts } from "../../facts/types.ts";
import type { Host, Inventory, LoadedInventory } from "../../inventory/types.ts";
import { declared } from "./declared.ts";
import type { Contexts } from "./plan.ts";
import type { Variables } from "./variables.ts";

/** The hosts of a play, narrowed by --limit. Unknown names are passed to `unknown`. */
export function playHosts(
  play: Play,
  inventory: LoadedInventory,
  limit: string | undefined,
  unknown: (message: string) => void = () => undefined,
): readonly Host[] {
  const { onlyWith } = play;
  if (onlyWith !== undefined && !(inventory.hasGroup(onlyWith) && inventory.group(onlyWith).length > 0)) return [];
  // A playbook serves many inventories, and not all of them have all of its groups.
  const hosts = typeof play.hosts === "string" ? inventory.select(play.hosts, unknown) : play.hosts(inventory);
  if (limit === undefined) return hosts;
  const within = new Set(inventory.select(limit).map(({ name }) => name));
  return hosts.filter(({ name }) => within.has(name));
}

/** The context that a role gets for a host. */
export const contextOf = (
  variables: Variables,
  inventory: Inventory,
  host: Host,
  facts: Facts,
  factsOf: (host: Host, role: Role) => Facts | undefined = () => undefined,
): Contexts => {
  const context = (role: Role, varsOf: (name: string) => unknown): RoleContext<unknown> => ({
    vars: declared(role, varsOf(host.name)),
    host,
    inventory,
    facts,
    varsOf: (other) => declared(role, varsOf(other.name)),
    factsOf: (other) => (other.name === host.name ? facts : factsOf(other, role)),
  });
  return Object.assign((role: Role) => context(role, (name) => variables.of(name, role)), {
    withOtherSecrets: (role: Role) =>
      variables.hasSecrets(role)
        ? (["filled", "empty"] as const).map((empty) =>
            context(role, (name) => variables.withOtherSecrets(name, role, empty)),
          )
        : [],
    cover: (text: string) => variables.cover(text),
  });
};
