import { command, defineResource, queries, type Task } from "kubeplay";
import type { PodSubnet } from "#cluster/pod-subnets.ts";

/** A routing protocol number that only this role uses: it marks the role's routes. */
export const protocol = 142;
export const table = "kubeplay-pods";

export interface PodRoutesProps {
  /** The program that sets routes and masquerading; the timer's unit runs it too. */
  readonly program: string;
  /** The subnet of this host's pods. */
  readonly subnet: string;
  readonly podCidr: string;
  readonly routes: readonly Pick<PodSubnet, "subnet" | "address">[];
}

/** The bridge, as the configuration of the network names it. */
const bridge = "cni0";

/** Removes the bridge of pods, the routes to other hosts, and masquerading, as the kernel has them. */
export const noPodNetwork = (): Task =>
  command("Remove the bridge, the routes and masquerading of pods", {
    run: `ip link show ${bridge} >/dev/null 2>&1 && ip link delete ${bridge}
ip -4 route flush proto ${String(protocol)}
if nft list table ip ${table} >/dev/null 2>&1; then nft delete table ip ${table}; fi`,
    unless: `! ip link show ${bridge} && [ -z "$(ip -4 route show proto ${String(protocol)})" ] && ! nft list table ip ${table}`,
  });

interface PodRoutesNow {
  readonly routes: readonly queries.Route[];
  readonly table: queries.TableState;
}

const multicast = "224.0.0.0/4";
/** Packets from pods to anything except pods leave with the host's address. */
export const ruleOf = ({ subnet, podCidr }: Pick<PodRoutesProps, "subnet" | "podCidr">): string =>
  `ip saddr ${subnet} ip daddr != { ${podCidr}, ${multicast} } masquerade`;

/** Compares words only: versions of nft differ in the order of sets and in punctuation. */
function masquerades(now: queries.TableState, p: PodRoutesProps): boolean {
  const wanted = ruleOf(p).match(/[^\s{},]+/g) ?? [];
  return (now ?? "").split("\n").some((line) => {
    const words = new Set(line.match(/[^\s{},]+/g));
    return wanted.every((word) => words.has(word));
  });
}

/**
 * The routes to the pods of other hosts, and masquerading, as the kernel has them now. Links that go down, and
 * restarted services for networks and packet filters, remove them silently.
 */
export const podRoutes = defineResource({
  kind: "pod routes",
  label: ({ subnet }: PodRoutesProps) => subnet,
  needs: () => ({ routes: queries.routesOf(protocol), table: queries.packetFilterTable(`ip ${table}`) }),
  diff: (now: PodRoutesNow, p) => {
    const is = new Map(now.routes.map(({ to, via }) => [to, via]));
    const desired = new Map(p.routes.map(({ subnet, address }) => [subnet, address]));
    return [
      ...[...new Set([...desired.keys(), ...is.keys()])]
        .filter((subnet) => is.get(subnet) !== desired.get(subnet))
        .map((subnet) => ({ what: `route to ${subnet}`, before: is.get(subnet), after: desired.get(subnet) })),
      ...(masquerades(now.table, p) ? [] : [{ what: "masquerading", before: now.table, after: ruleOf(p) }]),
    ];
  },
  apply: (_found, _now, { program }) => [program],
  forecast: (_now, p) => ({
    routes: p.routes.map(({ subnet, address }) => ({ to: subnet, via: address, device: undefined })),
    table: ruleOf(p),
  }),
  hint: () => "Are all hosts on one network? Each route leads straight to another host",
});
