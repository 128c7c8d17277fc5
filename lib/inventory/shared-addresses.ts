import { at, type Location, type Problem } from "../errors.ts";
import type { LoadedHost } from "./loaded.ts";

/** Two hosts that are reached at one address are one machine, which would be changed twice at once. */
export function reportSharedAddresses(hosts: readonly LoadedHost[], problems: Problem[]): void {
  const whereOf = ({ assignments, where }: LoadedHost, variable: string): Location =>
    assignments.findLast(({ name }) => name === variable)?.where ?? where;
  const report = (variable: string, keyOf: (host: LoadedHost) => string | undefined): void => {
    const first = new Map<string, LoadedHost>();
    for (const host of hosts) {
      const key = keyOf(host);
      if (key === undefined) continue;
      const other = first.get(key);
      if (!other) first.set(key, host);
      else
        problems.push({
          message: `${host.host.name} and ${other.host.name} have one address, ${key} (${other.host.name}: ${at(whereOf(other, variable))})`,
          where: whereOf(host, variable),
        });
    }
  };
  report("ansible_host", ({ target: { connection, address, port, jumps } }) =>
    connection === "ssh" ? [`${address}:${String(port)}`, ...jumps].join(" through ") : undefined,
  );
  const nodeAddress = ({ assignments }: LoadedHost): boolean => assignments.some(({ name }) => name === "node_address");
  report("node_address", (host) => (nodeAddress(host) ? `node_address ${host.host.address}` : undefined));
}
