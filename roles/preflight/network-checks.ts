import { isIPv4, isIPv6 } from "node:net";
import { type Facts, TaskError } from "kubeplay";
import { canonicalAddress } from "#engine/pki/address.ts";
import {
  contains,
  contains6,
  networkOf,
  overlaps,
  overlaps6,
  parseCidr,
  prefixOf6,
  sizeOf,
} from "#engine/schema/cidr.ts";
import { isHostname } from "#engine/schema/formats.ts";
import { podSubnets } from "#cluster/pod-subnets.ts";
import { resolvConf } from "#cluster/resolv-conf.ts";
import { isNode, type Checked, type Checks } from "./checked.ts";
import { portsAreFree } from "./ports.ts";

const ipv4 = ({ addresses }: Facts): Facts["addresses"] => addresses.filter(({ address }) => isIPv4(address));
const describeAddresses = (facts: Facts): string =>
  ipv4(facts)
    .map(({ interface: device, address }) => `${address} (${device})`)
    .join(", ") || "none";

/** Of the subnet's addresses, the first, the last and the bridge's are no pod's. */
const roomOf = (subnet: string): number => {
  const cidr = parseCidr(subnet);
  return cidr ? sizeOf(cidr) - 3 : 0;
};

/** Whether the hosts' networks will do. What a host without the program `ip` cannot tell is taken for good. */
export const networkChecks: Checks = {
  Hostname: ({ host }) =>
    isHostname(host.name)
      ? undefined
      : `its name ${host.name} cannot be a node's: expected lower-case letters, digits, - and .`,
  Address: (checked) => {
    const { host, facts, serviceCidr, podCidr } = checked;
    if (!isIPv4(host.address))
      return isNode(checked)
        ? `it is known as ${host.address}, and the others need its IPv4 address: set node_address; it has ${describeAddresses(facts)}`
        : undefined;
    const inside = [serviceCidr, podCidr].find((cidr) => contains(cidr, host.address));
    return inside === undefined
      ? undefined
      : `its address ${host.address} lies in ${inside}, which is the cluster's own`;
  },
  OwnAddress: (checked) => {
    const { host, facts } = checked;
    if (!isNode(checked) || !isIPv4(host.address) || ipv4(facts).length === 0) return undefined;
    return facts.addresses.some(({ address }) => address === host.address)
      ? undefined
      : `${host.address} is none of its addresses: set node_address to one of ${describeAddresses(facts)}. Where NAT leads there from every other host, skip this check`;
  },
  DefaultRoute: (checked) =>
    isNode(checked) && checked.facts.addresses.length > 0 && checked.facts.defaultInterface === undefined
      ? "it has no default route, by which its own programs would reach the Services: add one"
      : undefined,
  NameServers: (checked) => {
    const file = resolvConf(checked.facts);
    const text = checked.found.texts[file] ?? "";
    const servers = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server = ""]) => server);
    if (!isNode(checked) || servers.some((server) => !/^127\.|^::1$/.test(server))) return undefined;
    return servers.length === 0
      ? `${file} has no nameserver, and pods would get none: add one`
      : `${file} has no nameserver but ${servers.join(", ")}, which in a pod is the pod itself: add one that pods can reach`;
  },
  Ports: portsAreFree,
  Networks: ({ serviceCidr, podCidr }) =>
    overlaps(serviceCidr, podCidr) ? `pod_cidr ${podCidr} and service_cidr ${serviceCidr} overlap` : undefined,
  DualStack: (checked) => dualStackProblem(checked),
  PodSubnets: (checked) => (isNode(checked) ? podSubnetProblem(checked) : undefined),
  OneNetwork: (checked) => {
    const { host, facts, bridge, cni } = checked;
    const own = facts.addresses.find(({ address }) => address === host.address);
    // Cilium's packets between the hosts travel in others, over any number of routers.
    if (cni !== "bridge" || !isNode(checked) || !own || !isIPv4(host.address)) return undefined;
    const network = networkOf(own.address, own.prefix);
    const beyond = bridge.claims.filter(({ host: { address } }) => isIPv4(address) && !contains(network, address));
    return beyond.length === 0
      ? undefined
      : `it is on ${network} (${own.interface}), and ${beyond.map(({ host: { name, address } }) => `${name} (${address})`).join(", ")} not: the pods' routes need all hosts on one network, set node_address to addresses on one`;
  },
};

function dualStackProblem(checked: Checked): string | undefined {
  const { serviceCidr, podCidr, address } = checked.ipv6;
  if (serviceCidr === undefined && podCidr === undefined) return undefined;
  if (serviceCidr === undefined || podCidr === undefined)
    return "service_cidr_v6 and pod_cidr_v6 belong together: set both, or none for IPv4 alone";
  // As much as kube-apiserver takes, and as Cilium has room in its masks for.
  if (prefixOf6(serviceCidr) < 64) return `service_cidr_v6 ${serviceCidr} is too large: expected /64 or longer`;
  if (prefixOf6(podCidr) > 119)
    return `pod_cidr_v6 ${podCidr} is too small: every host gets a /120 of it, expected /119 or shorter`;
  if (overlaps6(serviceCidr, podCidr)) return `pod_cidr_v6 ${podCidr} and service_cidr_v6 ${serviceCidr} overlap`;
  if (!isNode(checked)) return undefined;
  if (checked.cni !== "cilium")
    return `cni ${checked.cni} gives pods IPv4 only: leave pod_cidr_v6 away, or set cni: cilium`;
  const { addresses } = checked.facts;
  const global = addresses.filter((each) => isIPv6(each.address) && !/^fe[89ab]/i.test(each.address));
  const has = `it has ${global.map((each) => `${each.address} (${each.interface})`).join(", ") || "none"}`;
  if (address === undefined) return `the cluster is dual stack: set node_address_v6 to its IPv6 address; ${has}`;
  const inside = [serviceCidr, podCidr].find((cidr) => contains6(cidr, address));
  if (inside !== undefined) return `its address ${address} lies in ${inside}, which is the cluster's own`;
  // What a host without the program `ip` cannot tell is taken for good.
  return addresses.length === 0 || global.some((each) => canonicalAddress(each.address) === canonicalAddress(address))
    ? undefined
    : `node_address_v6 ${address} is none of its addresses; ${has}`;
}

function podSubnetProblem({ host, podCidr, kubelet, bridge: { claims, prefix } }: Checked): string | undefined {
  // Who has no address is named by a check of its own.
  const counted = claims.filter(({ host: { address }, chosen }) => chosen !== undefined || isIPv4(address));
  const outer = parseCidr(podCidr)?.prefix ?? 0;
  const count = prefix < outer ? 0 : 2 ** (prefix - outer);
  const choosing = claims.filter(({ chosen }) => chosen === undefined).length;
  if (count < choosing)
    return `pod_cidr ${podCidr} has ${count} subnets of length /${prefix} for ${choosing} hosts: choose a larger pod_cidr, or a longer pod_subnet_prefix`;
  try {
    const own = podSubnets(podCidr, prefix, counted).find((each) => each.host === host.name)?.subnet;
    return own === undefined || kubelet.maxPods <= roomOf(own)
      ? undefined
      : `its pods' subnet ${own} has room for ${roomOf(own)} pods, kubelet_max_pods is ${kubelet.maxPods}: choose a shorter pod_subnet_prefix, or fewer pods`;
  } catch (error) {
    if (error instanceof TaskError) return error.message;
    throw error;
  }
}
