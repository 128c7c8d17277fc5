import { nthAddress } from "kubeplay";
import { isIP } from "node:net";
import type { Host } from "kubeplay";
import type { Profile } from "#engine/pki/profile.ts";
import type { Rotatable } from "#cluster/rotation.ts";
import type { KubeconfigName, UserName } from "#cluster/paths.ts";

/** One certificate: its file, its CA and its contents. */
export interface Row {
  /** Below the cluster's pki folder, without a suffix. */
  readonly name: string;
  readonly ca?: string;
  readonly profile: Profile;
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly dns?: readonly string[];
  readonly ips?: readonly string[];
}

export interface Cluster {
  readonly masters: readonly Host[];
  readonly domain: string;
  readonly serviceCidr: string;
  readonly extraSans: readonly string[];
}

/**
 * The keys of the cluster's, etcd's and the front proxy's CA never leave the controller. Masters get the key of the
 * signing CA only: kube-controller-manager signs kubelets' certificates with it.
 */
export const authorities: readonly (Row & { readonly name: Exclude<Rotatable, "service-account"> })[] = [
  { name: "kubernetes-ca", profile: "ca", commonName: "kubernetes" },
  { name: "kubernetes-signing-ca", ca: "kubernetes-ca", profile: "ca", commonName: "kubernetes-signing" },
  { name: "etcd-ca", profile: "ca", commonName: "etcd-ca" },
  { name: "front-proxy-ca", profile: "ca", commonName: "front-proxy-ca" },
];

/** Separates names and addresses, as a certificate does: a host may be reached by either. */
const sans = (...words: readonly string[]): Pick<Row, "dns" | "ips"> => ({
  dns: words.filter((word) => isIP(word) === 0),
  ips: words.filter((word) => isIP(word) !== 0),
});

const client = (name: string, commonName: string, organization?: string, ca = "kubernetes-ca"): Row => ({
  name,
  ca,
  profile: "client",
  commonName,
  ...(organization !== undefined && { organizations: [organization] }),
});

/** etcd shows it to clients, to peers and to itself, so it is a server and a client certificate. */
const etcdMember = (host: Host, name: "server" | "peer"): Row => ({
  name: `${host.name}/etcd-${name}`,
  ca: "etcd-ca",
  profile: "peer",
  commonName: host.name,
  ...sans(host.name, "localhost", host.address, "127.0.0.1", "::1"),
});

const apiserver = (host: Host, { masters, domain, serviceCidr, extraSans }: Cluster): Row => ({
  name: `${host.name}/kube-apiserver`,
  ca: "kubernetes-ca",
  profile: "server",
  commonName: "kube-apiserver",
  ...sans(
    host.name,
    ...["kubernetes", "kubernetes.default", "kubernetes.default.svc", `kubernetes.default.svc.${domain}`, "localhost"],
    nthAddress(serviceCidr, 1),
    "127.0.0.1",
    ...masters.map(({ address }) => address),
    ...extraSans,
  ),
});

/** The certificate that kube-controller-manager or kube-scheduler shows on its secure port. */
const component = (host: Host, name: string): Row => ({
  name: `${host.name}/${name}`,
  ca: "kubernetes-ca",
  profile: "server",
  commonName: name,
  ...sans(host.name, "localhost", host.address, "127.0.0.1"),
});

export const leaves = (cluster: Cluster): Row[] => [
  ...cluster.masters.flatMap((host) => [
    etcdMember(host, "server"),
    etcdMember(host, "peer"),
    apiserver(host, cluster),
    component(host, "kube-controller-manager"),
    component(host, "kube-scheduler"),
  ]),
  client("etcd-healthcheck-client", "kube-etcd-healthcheck-client", undefined, "etcd-ca"),
  client("apiserver-etcd-client", "kube-apiserver-etcd-client", undefined, "etcd-ca"),
  client("apiserver-kubelet-client", "kube-apiserver-kubelet-client"),
  client("front-proxy-client", "front-proxy-client", undefined, "front-proxy-ca"),
  client("admin", "kubernetes-admin", "kubeadm:cluster-admins"),
  client("super-admin", "kubernetes-super-admin", "system:masters"),
  client("controller-manager", "system:kube-controller-manager"),
  client("scheduler", "system:kube-scheduler"),
  client("kube-proxy", "system:kube-proxy"),
  client("kubelet-csr-approver", "kubeplay:kubelet-csr-approver"),
  // For readiness only, which every user may ask for.
  client("kube-nginx", "kubeplay:kube-nginx"),
];

/** One kubeconfig: its user, and whether it is used on the controller or through a host's own proxy. */
export interface KubeconfigRow {
  readonly name: KubeconfigName;
  /** The user whose certificate it contains. */
  readonly user: UserName;
  readonly from: "controller" | "host";
}

const ofUser = (name: UserName, from: KubeconfigRow["from"]): KubeconfigRow => ({ name, user: name, from });

export const kubeconfigs: readonly KubeconfigRow[] = [
  ofUser("admin", "controller"),
  { name: "admin-on-hosts", user: "admin", from: "host" },
  ofUser("super-admin", "controller"),
  ofUser("controller-manager", "host"),
  ofUser("scheduler", "host"),
  ofUser("kube-proxy", "host"),
  ofUser("kubelet-csr-approver", "host"),
];
