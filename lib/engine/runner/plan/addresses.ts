import { isIPv4 } from "node:net";
import { TaskError } from "../../errors.ts";
import type { Facts } from "../../facts/types.ts";
import type { Host, Inventory } from "../../inventory/types.ts";

type FactsOf = (host: Host) => Facts | undefined;

/** The hosts whose address is that of an interface, which only their facts tell. */
export const askedForAddress = ({ hosts }: Pick<Inventory, "hosts">): readonly Host[] =>
  hosts.filter((host) => host.interface !== undefined);

/** The inventory with the addresses of interfaces, as far as facts are known. Reading an unknown address throws TaskError. */
export function withAddresses(inventory: Inventory, factsOf: FactsOf): Inventory {
  if (askedForAddress(inventory).length === 0) return inventory;
  const known = new Map<string, Host>();
  const located = (host: Host): Host => {
    const device = host.interface;
    if (device === undefined) return host;
    const made = known.get(host.name) ?? {
      ...host,
      get address() {
        return addressOf(host, device, factsOf(host));
      },
    };
    known.set(host.name, made);
    return made;
  };
  return {
    file: inventory.file,
    hosts: inventory.hosts.map(located),
    host: (name) => located(inventory.host(name)),
    group: (name) => inventory.group(name).map(located),
    hasGroup: (name) => inventory.hasGroup(name),
    select: (pattern, unknown) => inventory.select(pattern, unknown).map(located),
    assignments: (name) => inventory.assignments(name),
  };
}

function addressOf({ name }: Host, device: string, facts: Facts | undefined): string {
  if (!facts)
    throw new TaskError(
      `the address of ${name} is that of its interface ${device} (node_interface), and ${name} does not answer: set node_address for it`,
    );
  const found = facts.addresses.find((one) => one.interface === device && isGlobal(one.address));
  if (found) return found.address;
  const others = facts.addresses
    .filter(({ address }) => isGlobal(address))
    .map((one) => `${one.interface} (${one.address})`);
  throw new TaskError(
    `${name} has no IPv4 address on an interface ${device} (node_interface), only on ${others.join(", ") || "none"}`,
  );
}

/** An interface without a configured address gives itself one of 169.254/16. */
const isGlobal = (address: string): boolean => isIPv4(address) && !address.startsWith("169.254.");
