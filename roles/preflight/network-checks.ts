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
import { nameServersOf } from "./name-servers.ts";
import { portsAreFree } from "./ports.ts";

const ipv4 = ({ addresses }: Facts): Facts["addresses"] => addresses.filter(({ address }) => isIPv4(address));
const describeAddresses = (facts: Facts): string =>
  ipv4(facts)
    .map(({ interface: device, address }) => `${address} (${device})`)
    .join(", ") || "none";

const reserved = "which is a network of the cluster: choose one that contains no host";
const overlapping = "overlap: choose networks that do not";

/** The number of pods in a subnet: all its addresses but the first, the last and the bridge's. */
const roomOf = (subnet: string): number => {
  const cidr = parseCidr(subnet);
  return cidr ? sizeOf(cidr) - 3 : 0;
};

/** Checks of the hosts' networks. Facts that a host without the program `ip` cannot report are assumed to be right. */
export const networkChecks: Checks = {
  Hostname: ({ host }) =>
    isHostname(host.name)
      ? undefined
      : `its name ${host.name} is no valid node name, expected lower-case letters, digits, - and .: rename it in the inventory`,
  Address: (checked) => {
    const { host, facts, serviceCidr, podCidr } = checked;
    if (!isIPv4(host.address))
      return isNode(checked)
        ? `its address is ${host.address}, expected an IPv4 address for the other hosts: set node_address; it has ${describeAddresses(facts)}`
        : undefined;
    const inside = [serviceCidr, podCidr].find((cidr) => contains(cidr, host.address));
    return inside === undefined ? undefined : `its address ${host.address} is in ${inside}, ${reserved}`;
  },
  OwnAddress: (checked) => {
    const { host, facts } = checked;
    if (!isNode(checked) || !isIPv4(host.address) || ipv4(facts).length === 0) return undefined;
    return facts.addresses.some(({ address }) => address === host.address)
      ? undefined
      : `it has no address ${host.address}: set node_address to one of ${describeAddresses(facts)}. If NAT leads there from every other host, skip this check`;
  },
  DefaultRoute: (checked) =>
    isNode(checked) && checked.facts.addresses.length > 0 && checked.facts.defaultInterface === undefined
      ? "it has no default route, which its own programs need to reach Services: add one"
      : undefined,
  NameServers: (checked) => {
    const file = resolvConf(checked.facts);
    const servers = nameServersOf(checked);
    if (!isNode(checked) || servers.some((server) => !/^127\.|^::1$/.test(server))) return undefined;
    return servers.length === 0
      ? `${file} has no nameserver, so pods would have none: add one`
      : `${file} has only the nameserver ${servers.join(", ")}, which is the pod itself inside a pod: add one that pods can reach`;
  },
  Ports: portsAreFree,
  Networks: ({ serviceCidr, podCidr }) =>
    overlaps(serviceCidr, podCidr) ? `pod_cidr ${podCidr} and service_cidr ${serviceCidr} ${overlapping}` : undefined,
  DualStack: (checked) => dualStackProblem(checked),
  PodSubnets: (checked) => (isNode(checked) ? podSubnetProblem(checked) : undefined),
  OneNetwork: (checked) => {
    const { host, facts, bridge, cni } = checked;
    const own = facts.addresses.find(({ address }) => address === host.address);
    // Cilium encapsulates packets between hosts, so any number of routers may be between them.
    if (cni !== "bridge" || !isNode(checked) || !own || !isIPv4(host.address)) return undefined;
    const network = networkOf(own.address, own.prefix);
    const beyond = bridge.claims.filter(({ host: { address } }) => isIPv4(address) && !contains(network, address));
    return beyond.length === 0
      ? undefined
      : `it is on ${network} (${own.interface}), unlike ${beyond.map(({ host: { name, address } }) => `${name} (${address})`).join(", ")}: the pods' routes need all hosts on one network. Set node_address to addresses on one`;
  },
};

function dualStackProblem(checked: Checked): string | undefined {
  const { serviceCidr, podCidr, address } = checked.ipv6;
  if (serviceCidr === undefined && podCidr === undefined) return undefined;
  if (serviceCidr === undefined || podCidr === undefined)
    return "only one of service_cidr_v6 and pod_cidr_v6 is set: set both, or none for IPv4 only";
  // kube-apiserver accepts no larger network, and Cilium's masks have no room in a smaller one.
  if (prefixOf6(serviceCidr) < 64) return `service_cidr_v6 ${serviceCidr} is too large: expected /64 or longer`;
  if (prefixOf6(podCidr) > 119)
    return `pod_cidr_v6 ${podCidr} is too small: every host gets a /120 of it, expected /119 or shorter`;
  if (overlaps6(serviceCidr, podCidr))
    return `pod_cidr_v6 ${podCidr} and service_cidr_v6 ${serviceCidr} ${overlapping}`;
  if (!isNode(checked)) return undefined;
  if (checked.cni !== "cilium")
    return `cni ${checked.cni} supports only IPv4: remove service_cidr_v6 and pod_cidr_v6, or set cni: cilium`;
  const { addresses } = checked.facts;
  const global = addresses.filter((each) => isIPv6(each.address) && !/^fe[89ab]/i.test(each.address));
  const has = `the host has ${global.map((each) => `${each.address} (${each.interface})`).join(", ") || "none"}`;
  if (address === undefined)
    return `node_address_v6 is not set in a dual-stack cluster: set it to the host's IPv6 address; ${has}`;
  const inside = [serviceCidr, podCidr].find((cidr) => contains6(cidr, address));
  if (inside !== undefined) return `its address ${address} is in ${inside}, ${reserved}`;
  // Addresses that a host without the program `ip` cannot report are assumed to be right.
  return addresses.length === 0 || global.some((each) => canonicalAddress(each.address) === canonicalAddress(address))
    ? undefined
    : `it has no address ${address}: set node_address_v6 to one of its own; ${has}`;
}

function podSubnetProblem({ host, podCidr, kubelet, bridge: { claims, prefix } }: Checked): string | undefined {
  // The check Address reports hosts without an address.
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
      : `its pods' subnet ${own} has room for ${roomOf(own)} pods, but kubelet_max_pods is ${kubelet.maxPods}: choose a shorter pod_subnet_prefix, or fewer pods`;
  } catch (error) {
    if (error instanceof TaskError) return error.message;
    throw error;
  }
}
