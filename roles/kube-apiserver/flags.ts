import { ciphers } from "#cluster/ciphers.ts";

/** Settings of a master's kube-apiserver; paths are those on the host. */
export interface ApiserverSettings {
  readonly address: string;
  readonly port: number;
  readonly masters: number;
  readonly etcdServers: readonly string[];
  /** Seconds. */
  readonly etcdTimeout: number;
  readonly requestTimeout: number;
  readonly serviceCidr: string;
  readonly domain: string;
  readonly pki: string;
  /** The file with the keys that encrypt etcd's objects; absent: they are not encrypted. */
  readonly encryption?: string;
  /** The file with the settings of admission plugins. */
  readonly admission: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
}

export const apiserverFlags = (s: ApiserverSettings): Readonly<Record<string, string>> => ({
  "advertise-address": s.address,
  "secure-port": String(s.port),
  "service-cluster-ip-range": s.serviceCidr,
  "allow-privileged": "true",

  "tls-cert-file": `${s.pki}/kube-apiserver.crt`,
  "tls-private-key-file": `${s.pki}/kube-apiserver.key`,
  "tls-min-version": "VersionTLS12",
  "tls-cipher-suites": ciphers.join(","),

  "anonymous-auth": "false",
  "client-ca-file": `${s.pki}/ca-bundle.crt`,
  "enable-bootstrap-token-auth": "true",
  "authorization-mode": "Node,RBAC",
  "enable-admission-plugins": "NodeRestriction,DenyServiceExternalIPs",
  "admission-control-config-file": s.admission,

  "service-account-issuer": `https://kubernetes.default.svc.${s.domain}`,
  "service-account-key-file": `${s.pki}/service-account.pub`,
  "service-account-signing-key-file": `${s.pki}/service-account.key`,
  "service-account-extend-token-expiration": "false",

  "etcd-servers": s.etcdServers.join(","),
  "etcd-cafile": `${s.pki}/etcd-ca.crt`,
  "etcd-certfile": `${s.pki}/apiserver-etcd-client.crt`,
  "etcd-keyfile": `${s.pki}/apiserver-etcd-client.key`,
  "etcd-healthcheck-timeout": `${s.etcdTimeout}s`,
  "etcd-readycheck-timeout": `${s.etcdTimeout}s`,
  ...(s.encryption !== undefined && { "encryption-provider-config": s.encryption }),
  "request-timeout": `${s.requestTimeout}s`,

  "kubelet-certificate-authority": `${s.pki}/ca-bundle.crt`,
  "kubelet-client-certificate": `${s.pki}/apiserver-kubelet-client.crt`,
  "kubelet-client-key": `${s.pki}/apiserver-kubelet-client.key`,
  "kubelet-preferred-address-types": "InternalIP,Hostname",

  // The aggregation layer: the apiserver acts for its users at APIs that others serve.
  "requestheader-client-ca-file": `${s.pki}/front-proxy-ca.crt`,
  "requestheader-allowed-names": "front-proxy-client",
  "requestheader-username-headers": "X-Remote-User",
  "requestheader-group-headers": "X-Remote-Group",
  "requestheader-extra-headers-prefix": "X-Remote-Extra-",
  "proxy-client-cert-file": `${s.pki}/front-proxy-client.crt`,
  "proxy-client-key-file": `${s.pki}/front-proxy-client.key`,

  "audit-policy-file": s.auditPolicy,
  "audit-log-path": s.auditLog,
  "audit-log-maxage": "30",
  "audit-log-maxbackup": "10",
  "audit-log-maxsize": "100",

  profiling: "false",
  // While it still serves, it says that it is not ready, and every host's proxy takes it out of its list.
  ...(s.masters > 1 && { "shutdown-delay-duration": "5s" }),
  // Otherwise a stop waits a minute for watches that nobody ends.
  "shutdown-watch-termination-grace-period": "10s",
  // A layer-4 proxy never moves a connection: now and then a client is asked to reconnect, so that load spreads.
  ...(s.masters > 1 && { "goaway-chance": "0.001" }),
});
