import { openPaths } from "#cluster/control-plane.ts";

/** Settings of a master's kube-controller-manager; paths are those on the host. */
export interface ControllerManagerSettings {
  readonly clusterName: string;
  readonly bindAddress: string;
  readonly port: number;
  readonly serviceCidr: string;
  readonly signingDuration: string;
  readonly endedPods: number;
  readonly kubeconfig: string;
  readonly pki: string;
}

/** Its own copy, so that it is restarted for a new one: kube-apiserver has one too. */
export const tokenKey = "kube-controller-manager-tokens";

export const controllerManagerFlags = (s: ControllerManagerSettings): Readonly<Record<string, string>> => ({
  "cluster-name": s.clusterName,
  "bind-address": s.bindAddress,
  "secure-port": String(s.port),
  ...openPaths(s.bindAddress),
  "tls-cert-file": `${s.pki}/kube-controller-manager.crt`,
  "tls-private-key-file": `${s.pki}/kube-controller-manager.key`,
  "tls-min-version": "VersionTLS12",

  kubeconfig: s.kubeconfig,
  "authentication-kubeconfig": s.kubeconfig,
  "authorization-kubeconfig": s.kubeconfig,
  "client-ca-file": `${s.pki}/ca-bundle.crt`,
  "requestheader-client-ca-file": `${s.pki}/front-proxy-ca.crt`,
  "leader-elect": "true",
  "use-service-account-credentials": "true",
  // The last two are off by default: bootstrap tokens are deleted once they expire.
  controllers: "*,bootstrapsigner,tokencleaner",

  "cluster-signing-cert-file": `${s.pki}/kubernetes-signing-ca.crt`,
  "cluster-signing-key-file": `${s.pki}/kubernetes-signing-ca.key`,
  "cluster-signing-duration": s.signingDuration,
  "root-ca-file": `${s.pki}/ca-bundle.crt`,
  "service-account-private-key-file": `${s.pki}/${tokenKey}.key`,

  // The network plugin gives each node its part of the pods' network.
  "allocate-node-cidrs": "false",
  "service-cluster-ip-range": s.serviceCidr,
  "terminated-pod-gc-threshold": String(s.endedPods),
  profiling: "false",
});
