import type { LoadedInventory } from "../../inventory/types.ts";
import type { Seal } from "./seal.ts";
import type { Sources } from "./sources.ts";

/**
 * Digests of what the inventory says of each host: its groups and variables, and where it is. Programs, `~/.ssh/config`
 * and the environment say it anew in each run. A variable can be a secret: `seal` has the key.
 */
export const inventoryDigests = (inventory: LoadedInventory, seal: Seal): Sources =>
  Object.fromEntries(
    inventory.hosts.map(({ name, address, groups }) => {
      const { connection, address: place, port, user, login, jumps, become } = inventory.target(name);
      const way = jumps.map((jump) => [jump.address, jump.port, jump.user]);
      const variables = inventory.assignments(name).map((one) => [one.name, one.value]);
      const said = [address, groups, connection, place, port, user, login, way, become?.user, variables];
      return [`the inventory's host ${name}`, seal.digest("inventory", said)];
    }),
  );
