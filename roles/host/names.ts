import { isIPv4 } from "node:net";
import { command, type Facts, file, type Host, type Inventory, quote, type Task } from "kubeplay";
import { hostsFile, type HostName } from "./hosts-file.ts";

/** The hosts with a line in /etc/hosts. A host whose address is a DNS name needs none: its name is resolved already. */
export const knownNames = (inventory: Inventory): readonly HostName[] =>
  inventory.hosts.filter(({ address }) => isIPv4(address)).map(({ name, address }) => ({ name, address }));

/** The host's own name, and a line of /etc/hosts for each host of the inventory. */
export function names({ host, inventory, facts }: { host: Host; inventory: Inventory; facts: Facts }): Task[] {
  const known = knownNames(inventory);
  const peers = hostsFile("Write the hosts' names to /etc/hosts", { known, own: host.name, inPlace: facts.container });
  // The container engine sets a container's name.
  if (facts.container) return [peers];
  return [
    file("Set its host name at boot", { dest: "/etc/hostname", content: `${host.name}\n` }),
    command("Set its host name now", {
      run: `hostname ${quote(host.name)}`,
      unless: `[ "$(cat /proc/sys/kernel/hostname)" = ${quote(host.name)} ]`,
    }),
    peers,
  ];
}
