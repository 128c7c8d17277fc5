import { at, type Location, type Problem } from "../errors.ts";
import type { LoadedHost } from "./loaded.ts";

/** Two hosts that are reached at the same address are one machine, which a run would change twice at once. */
export function reportSharedAddresses(hosts: readonly LoadedHost[], problems: Problem[]): void {
  const report = (
    keyOf: (host: LoadedHost) => string | undefined,
    whereOf: (host: LoadedHost) => Location,
    counts: (one: LoadedHost, other: LoadedHost) => boolean,
  ): void => {
    const first = new Map<string, LoadedHost>();
    for (const host of hosts) {
      const key = keyOf(host);
      if (key === undefined) continue;
      const other = first.get(key);
      if (!other) first.set(key, host);
      else if (counts(host, other))
        problems.push({
          message: `${host.host.name} and ${other.host.name} have the same address, ${key} (${other.host.name}: ${at(whereOf(other))})`,
          where: whereOf(host),
        });
    }
  };
  report(
    ({ target: { connection, address, port, jumps } }) =>
      connection === "ssh" ? [{ address, port }, ...jumps].map(whereTo).join(" through ") : undefined,
    (host) => setting(host, "ansible_host") ?? host.where,
    () => true,
  );
  // If neither sets node_address, a shared address may be a bastion's, with a port for each host behind it.
  report(
    ({ host, target }) => (target.connection === "ssh" ? `node_address ${host.address}` : undefined),
    (host) => setting(host, "node_address") ?? setting(host, "ansible_host") ?? host.where,
    (one, other) => [one, other].some((host) => setting(host, "node_address") !== undefined),
  );
}

const whereTo = ({ address, port }: { readonly address: string; readonly port: number }): string =>
  `${address}:${String(port)}`;

const setting = ({ assignments }: LoadedHost, variable: string): Location | undefined =>
  assignments.findLast(({ name }) => name === variable)?.where;
