import type { Facts, Host, queries } from "kubeplay";
import type { Cni } from "#cluster/cni.ts";
import type { EtcdAnswer } from "#cluster/etcd-members.ts";
import type { ProxyMode } from "#cluster/packages.ts";
import type { Claim } from "#cluster/pod-subnets.ts";
import type { KnownAuthorities } from "./authorities.ts";
import type { ClusterQuestion, RunningCluster } from "#cluster/running-cluster.ts";

/** A TCP port that one of the cluster's programs will use. */
export interface WantedPort {
  readonly port: number;
  /** The kernel's name of the process: at most fifteen characters. */
  readonly program: string;
  readonly unit: string;
  /** The addresses that it listens on; by default every address of the host. */
  readonly addresses?: readonly string[];
}

/** The requirements of a host, and its facts. */
export interface HostRequirements {
  /** The name of the cluster. */
  readonly cluster: string;
  readonly host: Host;
  readonly facts: Facts;
  /** The architectures that binaries are fetched or built for. */
  readonly architectures: readonly string[];
  readonly masters: readonly Host[];
  /** The names of all nodes in the inventory. */
  readonly nodes: readonly string[];
  /** The nodes among the hosts of this run. */
  readonly reached: readonly string[];
  /** The other hosts of the play with the same machine id. */
  readonly twins: readonly Host[];
  readonly serviceCidr: string;
  readonly podCidr: string;
  /** For IPv6: the networks of a dual-stack cluster, and the host's address. */
  readonly ipv6: {
    readonly serviceCidr: string | undefined;
    readonly podCidr: string | undefined;
    readonly address: string | undefined;
  };
  /** Variables of the whole cluster that have different values on the host and on the controller. */
  readonly differing: readonly string[];
  /** The ports that the cluster's programs will listen on here. */
  readonly ports: readonly WantedPort[];
  readonly kubelet: {
    readonly cgroupDriver: string;
    readonly maxPods: number;
    readonly failSwapOn: boolean;
    readonly failCgroupV1: boolean;
  };
  /** Whether systemd makes containerd's cgroups. */
  readonly systemdCgroup: boolean;
  readonly proxyMode: ProxyMode;
  readonly cni: Cni;
  /** Whether Cilium replaces kube-proxy. */
  readonly proxyReplaced: boolean;
  /** Possible sources of Envoy's image; undefined if no check is needed. */
  readonly envoySources?: readonly string[] | undefined;
  /** Images that are to be made here and cannot: name and reason. */
  readonly standIns?: readonly { readonly name: string; readonly reason: string }[];
  readonly etcd: { readonly dataDir: string; readonly peerPort: number };
  /** The name of the master that is replaced; "" for none. */
  readonly replace: string;
  /** The pod network of cni bridge: its hosts, and the prefix length of their subnets. */
  readonly bridge: { readonly claims: readonly Claim[]; readonly prefix: number };
  /** The versions that this run brings. */
  readonly versions: {
    /** Whether those of a running cluster must stay, change by the rules of an upgrade, or are put back on each host. */
    readonly mode: "kept" | "upgraded" | "before";
    /** Of Kubernetes, with the URL of the master's API server. */
    readonly masters: readonly { readonly url: string; readonly version: string }[];
    readonly nodes: readonly { readonly name: string; readonly kubernetes: string; readonly containerd: string }[];
    /** Of the host itself, if it is a master. */
    readonly etcd: string;
  };
  /** How to ask a cluster that runs already; undefined if another host does. */
  readonly live?: ClusterQuestion | undefined;
}

/** The host's answers in addition to its facts. */
export interface Findings {
  /** The running units among those that matter. */
  readonly running: readonly string[];
  /** The installed units of kubeplay. */
  readonly installed: readonly string[];
  /** The texts of existing files, by path. */
  readonly texts: Readonly<Record<string, string>>;
  /** The names in existing directories, by path. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  readonly listening: readonly queries.Listener[];
  /** Its IPv4 routes; empty on a host without the program `ip`. */
  readonly routes: readonly queries.Route[];
  /** The networks of Cilium's pods. */
  readonly podNetworks: readonly string[];
  /** Whether Envoy's image is available; undefined if that was not checked. */
  readonly envoy?: boolean | undefined;
  /** The answer of the host's etcd member. */
  readonly etcd: EtcdAnswer;
  readonly authorities: KnownAuthorities;
  /** The running cluster, from its API. */
  readonly live?: RunningCluster | undefined;
}

export interface Checked extends HostRequirements {
  readonly found: Findings;
}

/** One requirement, checked before anything is changed. Returns undefined, or the problem and its remedy. */
export type Check = (checked: Checked) => string | undefined;
export type Checks = Readonly<Record<string, Check>>;

export const isMaster = ({ host }: Pick<HostRequirements, "host">): boolean => host.groups.includes("masters");
/** Whether the host runs pods. */
export const isNode = (wanted: Pick<HostRequirements, "host">): boolean =>
  isMaster(wanted) || wanted.host.groups.includes("nodes");
