import { isIP } from "node:net";
import { contains } from "kubeplay";
import { networkFiles, networksFolder } from "#cluster/cni.ts";
import { bothFamilies } from "#cluster/dual-stack.ts";
import { isMaster, isNode, type Check, type Checked, type Checks } from "./checked.ts";
import { apiserverUnit, clusterCa, kubeletUnit, proxyConfiguration } from "./findings.ts";

/**
 * A node's pods have addresses of its network, and other hosts route to them: neither follows a new address of the node.
 * A host that was removed has its unit still, but no CA. Masters are known by the addresses of their members of etcd.
 */
const sameAddress: Check = (checked) => {
  const { found, host, ipv6 } = checked;
  const joined = flagOf(found.texts[kubeletUnit], "node-ip");
  const desired = bothFamilies(host.address, ipv6.serviceCidr === undefined ? undefined : ipv6.address);
  if (!isNode(checked) || isMaster(checked) || isIP(host.address) === 0) return undefined;
  if (found.texts[clusterCa] === undefined) return undefined;
  return joined === undefined || joined === desired
    ? undefined
    : `it joined its cluster with the address ${joined}, but the inventory has ${desired}: its pods would be cut off from those of other nodes. Restore the address. To keep the new one, let the node leave and join again: npm run play -- -e remove=${host.name} remove, then site`;
};

/** Checks that the variables of the cluster fit, and that they match an existing one. */
export const clusterChecks: Checks = {
  ClusterVariables: ({ differing }) =>
    differing.length > 0
      ? `${differing.join(", ")}: the host has other values than the controller, which makes the certificates with them. Set them for all hosts: under vars of the group all, or in group_vars/all.yaml`
      : undefined,
  PodNetwork: ({ found, cni, proxyReplaced }) => {
    if (proxyReplaced && cni !== "cilium")
      return `kube_proxy_replacement is true, but only Cilium can replace kube-proxy: set cni: cilium, or remove kube_proxy_replacement`;
    const names = found.folders[networksFolder] ?? [];
    const other = Object.entries(networkFiles).find(([name, file]) => name !== cni && names.includes(file));
    return other === undefined || !found.installed.includes("kubelet")
      ? undefined
      : `its pods use the network of ${other[0]}, but cni is ${cni}: pods of the two networks cannot reach each other, so cni must not change on a running cluster. Set cni: ${other[0]}, or make a new cluster with cni: ${cni} and move there`;
  },
  NodeAddress: sameAddress,
  EnvoyImage: ({ envoySources, found }) =>
    envoySources && found.envoy === false
      ? `cilium_l7_proxy is true, but its image quay.io/cilium/cilium-envoy was not found: neither kubeplay nor its bundle can build it, and the controller cannot get it from ${envoySources.join(", ")}. Set cilium_l7_proxy: false, or push the image to one of them`
      : undefined,
  MadeImages: ({ standIns = [] }) =>
    standIns.length > 0
      ? `images_source is build, and ${standIns.map(({ name, reason }) => `${name} cannot be made: ${reason}`).join("; ")}. Outside the lab kubeplay makes no stand-ins. Set images_source: official, or the state of their addons to absent`
      : undefined,
  ClusterNetworks: ({ found, serviceCidr, podCidr, ipv6 }) => {
    const live = [
      {
        name: "service_cidr",
        is: flagOf(found.texts[apiserverUnit], "service-cluster-ip-range"),
        desired: bothFamilies(serviceCidr, ipv6.serviceCidr),
      },
      {
        name: "pod_cidr",
        is: clusterCidr(found.texts[proxyConfiguration]) ?? partOfAnother(found, podCidr),
        desired: bothFamilies(podCidr, ipv6.podCidr),
      },
    ];
    const changed = live
      .filter(({ is, desired }) => is !== undefined && is !== desired)
      .map(({ name, is = "", desired }) => `${name} is ${is} in the host's cluster, but ${desired} in the inventory`);
    return changed.length === 0
      ? undefined
      : `${changed.join("; ")}: a cluster's networks cannot change, because Services and pods keep their addresses. Restore the old value`;
  },
};

/** A pod network outside of pod_cidr: all that a host without kube-proxy knows of another pod_cidr. */
const partOfAnother = ({ installed, podNetworks }: Checked["found"], podCidr: string): string | undefined =>
  installed.includes("kubelet") ? podNetworks.find((network) => !contains(podCidr, network)) : undefined;

const flagOf = (unit: string | undefined, flag: string): string | undefined =>
  new RegExp(`--${flag}=(\\S+)`).exec(unit ?? "")?.[1];

/** Read as text, because a file that was edited by hand may not be JSON any more. */
const clusterCidr = (configuration: string | undefined): string | undefined =>
  /"clusterCIDR":\s*"([^"]+)"/.exec(configuration ?? "")?.[1];
