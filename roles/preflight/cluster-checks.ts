import { contains } from "#engine/schema/cidr.ts";
import { networkFiles, networksFolder } from "#cluster/cni.ts";
import { bothFamilies } from "#cluster/dual-stack.ts";
import { peerUrl } from "#cluster/etcd-members.ts";
import { isMaster, type Checked, type Checks } from "./checked.ts";
import { apiserverUnit, etcdConfiguration, proxyConfiguration } from "./findings.ts";

/** Whether the masters make a cluster, and the one that is there already. */
export const clusterChecks: Checks = {
  EtcdMembers: ({ masters }) =>
    masters.length % 2 === 1
      ? undefined
      : `the group masters has ${masters.length} hosts: etcd wants an odd number, an even one survives no more failures and fails more often`,
  ClusterVariables: ({ differing }) =>
    differing.length > 0
      ? `${differing.join(", ")}: another value here than on the controller, which makes the certificates by them. Set them for all: under vars of the group all, or in group_vars/all.yaml`
      : undefined,
  EtcdCluster: (checked) => {
    const members = isMaster(checked) ? knownMembers(checked) : undefined;
    if (!members) return undefined;
    const { masters, etcd } = checked;
    const missing = masters.filter(({ address }) => !members.includes(peerUrl({ address, port: etcd.peerPort })));
    return missing.length === 0
      ? undefined
      : `its etcd belongs to a cluster of ${members.join(" and ")}, and ${missing.map(({ name }) => name).join(", ")} not: adding a member to an etcd that runs, or moving one, is not there yet. Leave the group masters and etcd_peer_port as they were`;
  },
  PodNetwork: ({ found, cni, proxyReplaced }) => {
    if (proxyReplaced && cni !== "cilium")
      return `kube_proxy_replacement is true, and only cilium can take kube-proxy's place: set cni: cilium, or leave kube_proxy_replacement away`;
    const names = found.folders[networksFolder] ?? [];
    const other = Object.entries(networkFiles).find(([name, file]) => name !== cni && names.includes(file));
    return other === undefined || !found.installed.includes("kubelet")
      ? undefined
      : `its pods have their network from ${other[0]}, and cni says ${cni}: pods of the one do not reach those of the other, so it is not changed on a cluster that runs. Leave cni: ${other[0]}, or make a new cluster with cni: ${cni} and move there`;
  },
  EnvoyImage: ({ envoySources, found }) =>
    envoySources && found.envoy === false
      ? `cilium_l7_proxy is true, and its image quay.io/cilium/cilium-envoy is nowhere: neither kubeplay nor a bundle of it can make it, and ${envoySources.join(", ")} did not have it for the controller. Set cilium_l7_proxy: false, or push the image to one of them`
      : undefined,
  ClusterNetworks: ({ found, serviceCidr, podCidr, ipv6 }) => {
    const live = [
      {
        name: "service_cidr",
        is: flagOf(found.texts[apiserverUnit], "service-cluster-ip-range"),
        shall: bothFamilies(serviceCidr, ipv6.serviceCidr),
      },
      {
        name: "pod_cidr",
        is: clusterCidr(found.texts[proxyConfiguration]) ?? partOfAnother(found, podCidr),
        shall: bothFamilies(podCidr, ipv6.podCidr),
      },
    ];
    const changed = live
      .filter(({ is, shall }) => is !== undefined && is !== shall)
      .map(
        ({ name, is = "", shall }) => `${name} is ${is} in the cluster that it belongs to, now it shall be ${shall}`,
      );
    return changed.length === 0
      ? undefined
      : `${changed.join("; ")}: the networks of a cluster cannot be changed, its Services and pods keep their addresses`;
  },
};

/** The peer URLs of the cluster that the host's member belongs to; from its first configuration while it does not run. */
function knownMembers({ found, etcd }: Checked): readonly string[] | undefined {
  if (found.etcd.state === "running") return found.etcd.members.flatMap(({ peerUrls }) => peerUrls);
  if (!found.installed.includes("etcd") || !found.folders[etcd.dataDir]?.includes("member")) return undefined;
  const [, line] = /^initial-cluster: (.+)$/m.exec(found.texts[etcdConfiguration] ?? "") ?? [];
  return line?.split(",").map((member) => member.slice(member.indexOf("=") + 1));
}

/** A part of another pod_cidr, which is all that a host without kube-proxy knows of it. */
const partOfAnother = ({ installed, podNetworks }: Checked["found"], podCidr: string): string | undefined =>
  installed.includes("kubelet") ? podNetworks.find((network) => !contains(podCidr, network)) : undefined;

const flagOf = (unit: string | undefined, flag: string): string | undefined =>
  new RegExp(`--${flag}=(\\S+)`).exec(unit ?? "")?.[1];

/** Read as text: what somebody edited by hand may be no JSON any more. */
const clusterCidr = (configuration: string | undefined): string | undefined =>
  /"clusterCIDR":\s*"([^"]+)"/.exec(configuration ?? "")?.[1];
