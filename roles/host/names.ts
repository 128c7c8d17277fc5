import { isIPv4 } from "node:net";
import { command, type Facts, file, type Host, type Inventory, quote, type Task } from "kubeplay";
import { hostsFile } from "./hosts-file.ts";

/** The host's own name, and a line of /etc/hosts for each host of the inventory. */
export function names({ host, inventory, facts }: { host: Host; inventory: Inventory; facts: Facts }): Task[] {
  // A host that is known by a DNS name only needs no line: its name is found already.
  const known = inventory.hosts
    .filter(({ address }) => isIPv4(address))
    .map(({ name, address }) => ({ name, address }));
  const peers = hostsFile("Know every host by its name", { known, own: host.name, inPlace: facts.container });
  // A container's name is its engine's to give.
  if (facts.container) return [peers];
  return [
    file("Keep its name over a boot", { dest: "/etc/hostname", content: `${host.name}\n` }),
    command("Give it its name now", {
      run: `hostname ${quote(host.name)}`,
      unless: `[ "$(cat /proc/sys/kernel/hostname)" = ${quote(host.name)} ]`,
    }),
    peers,
  ];
}
