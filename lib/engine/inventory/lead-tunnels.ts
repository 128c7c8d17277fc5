import { tunnels } from "../connection/tunnels.ts";
import type { LoadedInventory } from "./types.ts";

/** Makes the controller's connections to the hosts of an inventory go through their SSH connections where they must. */
export function leadTunnels(inventory: LoadedInventory): void {
  const targets = inventory.hosts.map(({ name }) => inventory.target(name));
  for (const target of targets) tunnels.lead(target, [target.address]);
  // Hosts may share the address of a router that forwards its ports to them, but each has one of its own for the others.
  for (const { name, address } of inventory.hosts) tunnels.lead(inventory.target(name), [address]);
}
