import { isIPv4 } from "node:net";
import type { Facts } from "#lib/facts/types.ts";
import type { Host, Inventory } from "#lib/inventory/types.ts";
import { command, file, line, type Task } from "#lib/resources/index.ts";
import { quote } from "#lib/shell/quote.ts";

const pattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The host's own name, and a line of /etc/hosts for each host of the inventory. */
export function names({ host, inventory, facts }: { host: Host; inventory: Inventory; facts: Facts }): Task[] {
  // A host that is known by a DNS name only needs no line: its name is found already.
  const peers = inventory.hosts.filter(({ address }) => isIPv4(address));
  if (facts.container) return peers.map(({ name, address }) => inPlace(name, address));
  return [
    file("Keep its name over a boot", { dest: "/etc/hostname", content: `${host.name}\n` }),
    command("Give it its name now", {
      run: `hostname ${quote(host.name)}`,
      unless: `[ "$(cat /proc/sys/kernel/hostname)" = ${quote(host.name)} ]`,
    }),
    ...peers.map(({ name, address }) =>
      line(`Know ${name}`, {
        path: "/etc/hosts",
        line: `${address} ${name}`,
        match: `^[^#]*\\s${pattern(name)}(\\s|$)`,
        create: true,
      }),
    ),
  ];
}

/** A container's engine mounts /etc/hosts as a single file, which can be written to but never be replaced; its name is the engine's, too. */
function inPlace(name: string, address: string): Task {
  const known = `^${pattern(address)}[[:space:]](.*[[:space:]])?${pattern(name)}([[:space:]]|$)`;
  return command(`Know ${name}`, {
    run: `printf '%s\\n' ${quote(`${address} ${name}`)} >> /etc/hosts`,
    unless: `grep -qsE ${quote(known)} /etc/hosts`,
  });
}
