import { etcdPki } from "#cluster/etcd-members.ts";
import { approverKubeconfig } from "#cluster/paths.ts";
import { hostKubeconfig, hostPki } from "#cluster/elected-component.ts";

/** A certificate with its key on a host, and its name on the controller, below the folder pki. */
export interface Place {
  /** "/etc/kubernetes/pki/kube-apiserver.crt", whose key is beside it, or a kubeconfig that has both. */
  readonly path: string;
  readonly name: string;
}

/** Where a host has certificates that the controller had issued. The kubelet's own are not among them. */
export const placesOf = (host: string): readonly Place[] => [
  ...["server", "peer"].map((name) => ({ path: `${etcdPki}/${name}.crt`, name: `${host}/etcd-${name}` })),
  { path: `${etcdPki}/healthcheck-client.crt`, name: "etcd-healthcheck-client" },
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => ({
    path: `${hostPki}/${name}.crt`,
    name: `${host}/${name}`,
  })),
  ...["apiserver-etcd-client", "apiserver-kubelet-client", "front-proxy-client", signingCa].map((name) => ({
    path: `${hostPki}/${name}.crt`,
    name,
  })),
  ...(["controller-manager", "scheduler", "kube-proxy"] as const).map((name) => ({
    path: hostKubeconfig(name),
    name,
  })),
  { path: approverKubeconfig, name: "kubelet-csr-approver" },
  { path: "/etc/kube-nginx/check.crt", name: "kube-nginx" },
];

/** What a host trusts, by the name of the CA. */
export const trustedAt = {
  "kubernetes-ca": [`${hostPki}/ca-bundle.crt`, "/etc/kube-nginx/ca.crt"],
  "etcd-ca": [`${etcdPki}/ca.crt`, `${hostPki}/etcd-ca.crt`],
  "front-proxy-ca": [`${hostPki}/front-proxy-ca.crt`],
} as const;

export const signingCa = "kubernetes-signing-ca";
export const signingKey = `${hostPki}/${signingCa}.key`;
export const tokenKey = `${hostPki}/service-account.key`;
/** All public keys of service accounts whose tokens are accepted. */
export const tokenKeys = `${hostPki}/service-account.pub`;

/** The public keys of a text, in PEM. */
export const publicKeysIn = (text: string): string[] =>
  (text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? []).map((pem) => `${pem}\n`);

export const isKubeconfig = (path: string): boolean => path.endsWith(".kubeconfig");
