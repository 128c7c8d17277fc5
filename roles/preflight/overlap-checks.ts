import { isIPv4, isIPv6 } from "node:net";
import { isCidr6, networkOf, overlaps, overlaps6, parseCidr, sizeOf } from "#engine/schema/cidr.ts";
import { isNode, type Checked, type Checks } from "./checked.ts";
import { podRoutes } from "./findings.ts";
import { nameServersOf } from "./name-servers.ts";

/** One network that the host already knows, and where from. */
interface Known {
  readonly network: string;
  readonly from: string;
}

/** Devices of pod networks and of kube-proxy, which a former cluster may have left. */
const ofClusters = /^(cni0|cilium_|lxc|kube-|kubeplay)/;

/** The number of the cluster DNS's address in service_cidr. */
const dnsNumber = 10;

const ofAddresses = ({ facts }: Checked): Known[] =>
  facts.addresses
    .filter(({ interface: device }) => device !== "lo" && !ofClusters.test(device))
    .map(({ interface: device, address, prefix }) => ({
      network: isIPv4(address) ? networkOf(address, prefix) : `${address}/${prefix}`,
      from: `the network of ${device}`,
    }));

const ofRoutes = ({ found }: Checked): Known[] =>
  found.routes
    .filter(({ device = "" }) => !ofClusters.test(device))
    .map(({ to, device = "?" }) => ({ network: to, from: `a route by ${device}` }));

const ofNameServers = (checked: Checked): Known[] =>
  nameServersOf(checked).map((server) => ({ network: server, from: "a name server" }));

/** Whether they share an address; false for a default route, and for networks of different families. */
function meets(cidr: string, { network }: Known): boolean {
  const [address = ""] = network.split("/");
  const whole = network.includes("/") ? network : `${network}/${isIPv4(address) ? 32 : 128}`;
  if (isIPv4(address)) return !!parseCidr(cidr) && !!parseCidr(whole) && overlaps(cidr, whole);
  return isIPv6(address) && isCidr6(cidr) && isCidr6(whole) && overlaps6(cidr, whole);
}

/** Checks the cluster's networks against those of the host. */
export const overlapChecks: Checks = {
  ServiceNetwork: ({ serviceCidr }) => {
    const cidr = parseCidr(serviceCidr);
    return cidr && sizeOf(cidr) <= dnsNumber
      ? `service_cidr ${serviceCidr} has ${sizeOf(cidr)} addresses, but the cluster's DNS gets number ${dnsNumber}: choose a network of /28 or larger`
      : undefined;
  },
  HostNetworks: (checked) => {
    // On a node, the cluster's own addresses and routes would count, and its networks cannot change any more. An
    // interrupted run may have left the routes alone.
    const { installed } = checked.found;
    if (!isNode(checked) || installed.includes("kubelet") || installed.includes(podRoutes)) return undefined;
    const { serviceCidr, podCidr, ipv6 } = checked;
    const networks = {
      service_cidr: serviceCidr,
      pod_cidr: podCidr,
      service_cidr_v6: ipv6.serviceCidr,
      pod_cidr_v6: ipv6.podCidr,
    };
    const known = [...ofAddresses(checked), ...ofRoutes(checked), ...ofNameServers(checked)];
    const met = Object.entries(networks).flatMap(([name, cidr]) =>
      cidr === undefined
        ? []
        : known
            .filter((one) => meets(cidr, one))
            .map(({ network, from }) => `${name} ${cidr} contains or overlaps ${network}, ${from}`),
    );
    return met.length === 0
      ? undefined
      : `${[...new Set(met)].join("; ")}: the host would no longer reach these addresses. Choose networks that nothing else uses`;
  },
};
