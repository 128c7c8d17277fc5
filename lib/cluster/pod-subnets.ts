import { type Host, TaskError } from "kubeplay";
import { contains, nthSubnet, parseCidr, parseIPv4 } from "#engine/schema/cidr.ts";

export interface PodSubnet {
  readonly host: string;
  /** The address to which other hosts route packets for its pods. */
  readonly address: string;
  readonly subnet: string;
}

/** One host's claim; `chosen` is its variable pod_subnet. */
export interface Claim {
  readonly host: Pick<Host, "name" | "address">;
  readonly chosen: string | undefined;
}

/**
 * The pod subnet of each host. The last bits of the host's address select it, as many as number the subnets. So it is
 * known before the host exists, and stays when hosts are added, removed or reordered.
 */
export function podSubnets(podCidr: string, prefix: number, claims: readonly Claim[]): readonly PodSubnet[] {
  const subnets = claims.map(({ host, chosen }) => ({
    host: host.name,
    address: host.address,
    subnet: chosen ?? derived(podCidr, prefix, host),
  }));
  for (const { host, subnet } of subnets)
    if (!contains(podCidr, subnet))
      throw new TaskError(`pod_subnet of ${host}: ${subnet} is not part of pod_cidr ${podCidr}`);
  for (const [index, { host, subnet }] of subnets.entries()) {
    const twin = subnets
      .slice(0, index)
      .find((other) => contains(other.subnet, subnet) || contains(subnet, other.subnet));
    if (twin)
      throw new TaskError(
        `${twin.host} and ${host} would both have pods in ${subnet}: give one of them a pod_subnet of its own in ${podCidr}`,
      );
  }
  return subnets;
}

function derived(podCidr: string, prefix: number, { name, address }: Claim["host"]): string {
  const number = parseIPv4(address);
  const outer = parseCidr(podCidr);
  if (number === undefined)
    throw new TaskError(
      `${name}: its address ${address} is not an IPv4 address: set node_address, or pod_subnet for it`,
    );
  if (!outer || prefix < outer.prefix)
    throw new TaskError(`pod_cidr ${podCidr} has no subnets of length /${String(prefix)}`);
  return nthSubnet(podCidr, prefix, number % 2 ** (prefix - outer.prefix));
}
