import path from "node:path";

/** Where the controller keeps what belongs to a cluster. */
export const clusterFolder = (cluster: string): string => path.resolve(".kubeplay", cluster);

/** A certificate's path without its suffix: `.crt` and `.key` lie side by side. */
export const pkiPath = (cluster: string, ...names: readonly string[]): string =>
  path.join(clusterFolder(cluster), "pki", ...names);

/** A certificate and its key on the controller. */
export interface CertificatePaths {
  readonly crt: string;
  readonly key: string;
}

const pair = (path: string): CertificatePaths => ({ crt: `${path}.crt`, key: `${path}.key` });

/** The authorities. Of their keys only the signing CA's ever leaves the controller. */
export type AuthorityName = "kubernetes-ca" | "kubernetes-signing-ca" | "etcd-ca" | "front-proxy-ca";

/** Certificates of which the whole cluster has one. */
export type ClusterCertificateName =
  "apiserver-kubelet-client" | "apiserver-etcd-client" | "etcd-healthcheck-client" | "front-proxy-client" | UserName;

/** Certificates of which every master has its own. */
export type HostCertificateName =
  "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "etcd-server" | "etcd-peer";

/** Users that come with a kubeconfig. */
export type UserName =
  "admin" | "super-admin" | "controller-manager" | "scheduler" | "kube-proxy" | "kubelet-csr-approver";

/** One a user; the admin has a second one for hosts, which find the API at their own proxy. */
export type KubeconfigName = UserName | "admin-on-hosts";

export const clusterCertificate = (cluster: string, name: AuthorityName | ClusterCertificateName): CertificatePaths =>
  pair(pkiPath(cluster, name));

export const hostCertificate = (cluster: string, host: string, name: HostCertificateName): CertificatePaths =>
  pair(pkiPath(cluster, host, name));

/** kubernetes-ca and the CA of the kubelets' certificates in one file: for client CAs, kubelet CAs and kubeconfigs. */
export const caBundle = (cluster: string): string => `${pkiPath(cluster, "ca-bundle")}.crt`;

/** What service account tokens are signed with, and checked with. */
export const serviceAccountKeys = (cluster: string): { readonly key: string; readonly pub: string } => ({
  key: `${pkiPath(cluster, "service-account")}.key`,
  pub: `${pkiPath(cluster, "service-account")}.pub`,
});

/** The admin's lies where a person finds it. */
export const kubeconfigPath = (cluster: string, name: KubeconfigName): string =>
  name === "admin"
    ? path.join(clusterFolder(cluster), "admin.kubeconfig")
    : path.join(clusterFolder(cluster), "kubeconfigs", `${name}.kubeconfig`);
