import type { Host, Inventory } from "kubeplay";
import type { Cni } from "./cni.ts";
import { nodesOf } from "./members.ts";

export type ProxyMode = "ipvs" | "nftables" | "iptables";

/**
 * The programs that each mode of kube-proxy calls. netbase names protocols: without its /etc/protocols nft says 6 where
 * kube-proxy wrote tcp, and kube-proxy takes its own rules for somebody else's leftovers and deletes them at each start.
 */
const proxyTools: Readonly<Record<ProxyMode, readonly string[]>> = {
  ipvs: ["ipset", "iptables", "ipvsadm", "conntrack"],
  nftables: ["nftables", "conntrack", "netbase"],
  iptables: ["iptables", "ipset", "conntrack"],
};

/** The Debian packages that roles want on a host, by role. */
export const packagesFor = {
  "kube-nginx": ["nginx", "libnginx-mod-stream"],
  containerd: ["runc"],
  "cni-bridge": ["nftables", "iptables"],
  "kube-proxy": (mode: ProxyMode) => proxyTools[mode],
} as const;

export interface Networking {
  readonly cni: Cni;
  /** Undefined where there is no kube-proxy. */
  readonly proxyMode: ProxyMode | undefined;
}

/** All of them for one host, each once: one run of apt-get in place of four, of which each takes seconds. */
export function packagesOf(host: Host, inventory: Inventory, { cni, proxyMode }: Networking): readonly string[] {
  const isNode = nodesOf(inventory).some(({ name }) => name === host.name);
  const forNodes = [
    ...packagesFor.containerd,
    ...(cni === "bridge" ? packagesFor["cni-bridge"] : []),
    ...(proxyMode === undefined ? [] : packagesFor["kube-proxy"](proxyMode)),
  ];
  return [...new Set<string>([...packagesFor["kube-nginx"], ...(isNode ? forNodes : [])])];
}
