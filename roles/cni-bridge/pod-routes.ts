import { defineResource, queries } from "kubeplay";
import type { PodSubnet } from "#cluster/pod-subnets.ts";

/** A routing protocol's number that nobody else uses: routes with it are this role's own. */
export const protocol = 142;
export const table = "kubeplay-pods";

export interface PodRoutesProps {
  /** Sets routes and masquerading; the timer's unit runs it as well. */
  readonly program: string;
  /** This host's own pods. */
  readonly subnet: string;
  readonly podCidr: string;
  readonly routes: readonly Pick<PodSubnet, "subnet" | "address">[];
}

interface PodRoutesNow {
  readonly routes: readonly queries.Route[];
  readonly table: queries.TableState;
}

const multicast = "224.0.0.0/4";
/** What leaves the pods for anything but pods does so under the host's address. */
export const ruleOf = ({ subnet, podCidr }: Pick<PodRoutesProps, "subnet" | "podCidr">): string =>
  `ip saddr ${subnet} ip daddr != { ${podCidr}, ${multicast} } masquerade`;

/** By its words: versions of nft differ in the order of sets and in what stands between them. */
function masquerades(now: queries.TableState, p: PodRoutesProps): boolean {
  const wanted = ruleOf(p).match(/[^\s{},]+/g) ?? [];
  return (now ?? "").split("\n").some((line) => {
    const words = new Set(line.match(/[^\s{},]+/g));
    return wanted.every((word) => words.has(word));
  });
}

/**
 * The way to the pods of other hosts, as the kernel has it at this moment: links that go down, and services for networks
 * and packet filters that start again, take it away without a word.
 */
export const podRoutes = defineResource({
  kind: "pod routes",
  label: ({ subnet }: PodRoutesProps) => subnet,
  needs: () => ({ routes: queries.routesOf(protocol), table: queries.packetFilterTable(`ip ${table}`) }),
  diff: (now: PodRoutesNow, p) => {
    const is = new Map(now.routes.map(({ to, via }) => [to, via]));
    const shall = new Map(p.routes.map(({ subnet, address }) => [subnet, address]));
    return [
      ...[...new Set([...shall.keys(), ...is.keys()])]
        .filter((subnet) => is.get(subnet) !== shall.get(subnet))
        .map((subnet) => ({ what: `route to ${subnet}`, before: is.get(subnet), after: shall.get(subnet) })),
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
