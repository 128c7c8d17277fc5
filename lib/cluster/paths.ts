import path from "node:path";

/** Where the controller keeps what belongs to a cluster. */
export const clusterFolder = (cluster: string): string => path.resolve(".kubeplay", cluster);

/** A certificate's path without its suffix: `.crt` and `.key` lie side by side. */
export const pkiPath = (cluster: string, ...names: readonly string[]): string =>
  path.join(clusterFolder(cluster), "pki", ...names);

/** Users that come with a kubeconfig. */
export type UserName =
  "admin" | "super-admin" | "controller-manager" | "scheduler" | "kube-proxy" | "kubelet-csr-approver";

/** One a user; the admin has a second one for hosts, which find the API at their own proxy. */
export type KubeconfigName = UserName | "admin-on-hosts";

/** kubernetes-ca and the CA of the kubelets' certificates in one file: for client CAs, kubelet CAs and kubeconfigs. */
export const caBundle = (cluster: string): string => `${pkiPath(cluster, "ca-bundle")}.crt`;

/** The admin's lies where a person finds it. */
export const kubeconfigPath = (cluster: string, name: KubeconfigName): string =>
  name === "admin"
    ? path.join(clusterFolder(cluster), "admin.kubeconfig")
    : path.join(clusterFolder(cluster), "kubeconfigs", `${name}.kubeconfig`);
