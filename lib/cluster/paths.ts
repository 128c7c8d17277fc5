import path from "node:path";

/** The controller's folder for a cluster. */
export const clusterFolder = (cluster: string): string => path.resolve(".kubeplay", cluster);

/** A certificate's path without its suffix: the files `.crt` and `.key` are side by side. */
export const pkiPath = (cluster: string, ...names: readonly string[]): string =>
  path.join(clusterFolder(cluster), "pki", ...names);

/** A request for a certificate by a CA elsewhere, without its suffix; their folder without a name. */
export const requestPath = (cluster: string, ...names: readonly string[]): string =>
  path.join(clusterFolder(cluster), "requests", ...names);

/** Users that have a kubeconfig. */
export type UserName =
  "admin" | "super-admin" | "controller-manager" | "scheduler" | "kube-proxy" | "kubelet-csr-approver";

/** One per user; the admin has a second one for hosts, which reach the API through their own proxy. */
export type KubeconfigName = UserName | "admin-on-hosts";

/** kubernetes-ca and the CA of the kubelets' certificates in one file: for client CAs, kubelet CAs and kubeconfigs. */
export const caBundle = (cluster: string): string => `${pkiPath(cluster, "ca-bundle")}.crt`;

/** CAs that issue the kubelets' certificates now: unlike caBundle without those that are being replaced. */
export const issuerBundle = (cluster: string): string => `${pkiPath(cluster, "kubelet-issuers-bundle")}.crt`;

/** The CAs of this name that hosts trust: while one replaces another, both. */
export const trustBundle = (cluster: string, name: "kubernetes-ca" | "etcd-ca" | "front-proxy-ca"): string =>
  `${pkiPath(cluster, `${name}-bundle`)}.crt`;

/** The public keys of service accounts' tokens that API servers accept. */
export const serviceAccountKeys = (cluster: string): string => `${pkiPath(cluster, "service-account-keys")}.pub`;

/** The admin's kubeconfig is in the cluster's folder itself, where it is easy to find. */
export const kubeconfigPath = (cluster: string, name: KubeconfigName): string =>
  name === "admin"
    ? path.join(clusterFolder(cluster), "admin.kubeconfig")
    : path.join(clusterFolder(cluster), "kubeconfigs", `${name}.kubeconfig`);

/** The configuration of encryption at rest, with its keys. */
export const encryptionPath = (cluster: string): string => pkiPath(cluster, "encryption.yaml");

/** On every master: the kubeconfig of the approver of the kubelets' certificates. */
export const approverKubeconfig = "/etc/kubernetes/csr-approver.kubeconfig";
