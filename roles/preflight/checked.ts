import type { Facts, Host, queries } from "kubeplay";
import type { Cni } from "#cluster/cni.ts";
import type { EtcdAnswer } from "#cluster/etcd-members.ts";
import type { ProxyMode } from "#cluster/packages.ts";
import type { Claim } from "#cluster/pod-subnets.ts";

/** A TCP port that one of the cluster's programs will use. */
export interface WantedPort {
  readonly port: number;
  /** As the kernel names the process: fifteen letters at most. */
  readonly program: string;
  readonly unit: string;
  /** Where it listens; every address of the host where not said. */
  readonly addresses?: readonly string[];
}

/** What is wanted of a host, and what its facts say. */
export interface HostRequirements {
  readonly host: Host;
  readonly facts: Facts;
  /** Those that binaries are fetched or built for. */
  readonly architectures: readonly string[];
  readonly masters: readonly Host[];
  /** The other hosts of the play whose machine id is this one's. */
  readonly twins: readonly Host[];
  readonly serviceCidr: string;
  readonly podCidr: string;
  /** IPv6 beside it: the networks of a dual-stack cluster, and the host's address. */
  readonly ipv6: {
    readonly serviceCidr: string | undefined;
    readonly podCidr: string | undefined;
    readonly address: string | undefined;
  };
  /** Variables of the whole cluster that have another value here than on the controller. */
  readonly differing: readonly string[];
  /** The ports that the cluster's programs will listen on here. */
  readonly ports: readonly WantedPort[];
  readonly kubelet: {
    readonly cgroupDriver: string;
    readonly maxPods: number;
    readonly failSwapOn: boolean;
    readonly failCgroupV1: boolean;
  };
  /** Whether containerd has systemd make the cgroups. */
  readonly systemdCgroup: boolean;
  readonly proxyMode: ProxyMode;
  readonly cni: Cni;
  /** Cilium does kube-proxy's work. */
  readonly proxyReplaced: boolean;
  /** Where Envoy's image could come from; undefined where nobody has to look. */
  readonly envoySources?: readonly string[] | undefined;
  readonly etcd: { readonly dataDir: string; readonly peerPort: number };
  /** The pods' network of plain routes: the hosts that take part, and the length of their subnets. */
  readonly bridge: { readonly claims: readonly Claim[]; readonly prefix: number };
}

/** What the host was asked beside its facts. */
export interface Findings {
  /** Of the units that matter, those that run. */
  readonly running: readonly string[];
  /** Of kubeplay's own units, those that are installed. */
  readonly installed: readonly string[];
  /** The texts of files that are there, by their paths. */
  readonly texts: Readonly<Record<string, string>>;
  /** The names in directories that are there, by their paths. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  readonly listening: readonly queries.Listener[];
  /** Where Cilium has pods. */
  readonly podNetworks: readonly string[];
  /** Whether Envoy's image is to be had; only where it was asked. */
  readonly envoy?: boolean | undefined;
  /** What the member of etcd on this host says. */
  readonly etcd: EtcdAnswer;
}

export interface Checked extends HostRequirements {
  readonly found: Findings;
}

/** One thing that must be so before anything is changed: undefined, or what is wrong and what to do. */
export type Check = (checked: Checked) => string | undefined;
export type Checks = Readonly<Record<string, Check>>;

export const isMaster = ({ host }: Pick<HostRequirements, "host">): boolean => host.groups.includes("masters");
/** Whether pods shall run on it. */
export const isNode = (wanted: Pick<HostRequirements, "host">): boolean =>
  isMaster(wanted) || wanted.host.groups.includes("nodes");
