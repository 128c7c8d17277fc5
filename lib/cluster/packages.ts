import type { Host, Inventory } from "kubeplay";
import type { Cni } from "./cni.ts";
import { nodesOf } from "./members.ts";

export type ProxyMode = "ipvs" | "nftables" | "iptables";

/**
 * The packages of the programs that each mode of kube-proxy calls. netbase names protocols: without its /etc/protocols,
 * nft prints 6 for tcp. kube-proxy then takes its own rules for leftovers of others and deletes them at each start.
 */
const proxyTools: Readonly<Record<ProxyMode, readonly string[]>> = {
  ipvs: ["ipset", "iptables", "ipvsadm", "conntrack"],
  nftables: ["nftables", "conntrack", "netbase"],
  iptables: ["iptables", "ipset", "conntrack"],
};

/** The Debian packages that roles need on a host, by role. */
export const packagesFor = {
  "kube-nginx": ["nginx", "libnginx-mod-stream"],
  "cni-bridge": ["nftables", "iptables"],
  "kube-proxy": (mode: ProxyMode) => proxyTools[mode],
} as const;

/** Packages that earlier versions installed: a host may still have them. */
const former = ["runc"];

/** The packages of all roles in all modes. */
export const allPackages: readonly string[] = [
  ...new Set([
    ...Object.values(packagesFor).flatMap((names) =>
      typeof names === "function" ? Object.values(proxyTools).flat() : names,
    ),
    ...former,
  ]),
];

export interface Networking {
  readonly cni: Cni;
  /** Undefined if there is no kube-proxy. */
  readonly proxyMode: ProxyMode | undefined;
}

/** All packages for one host, each once: one run of apt-get instead of four, each of which takes seconds. */
export function packagesOf(host: Host, inventory: Inventory, { cni, proxyMode }: Networking): readonly string[] {
  const isNode = nodesOf(inventory).some(({ name }) => name === host.name);
  const forNodes = [
    ...(cni === "bridge" ? packagesFor["cni-bridge"] : []),
    ...(proxyMode === undefined ? [] : packagesFor["kube-proxy"](proxyMode)),
  ];
  return [...new Set<string>([...packagesFor["kube-nginx"], ...(isNode ? forNodes : [])])];
}
