import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ClusterEvidence, ListName } from "#programs/cis/evidence/cluster.ts";
import type { FileState, HostEvidence } from "#programs/cis/evidence/host.ts";
import type { Component } from "#programs/cis/evidence/probe.ts";

/** A cluster of one master that is right, in a form that is easy to break. */
export interface Scene {
  readonly flags: Record<string, Record<string, string>>;
  readonly documents: Record<string, unknown>;
  /** [mode, owner] by path. */
  readonly files: Record<string, readonly [number, string]>;
  readonly folders: string[];
  readonly units: Record<string, string[]>;
  readonly certificates: Record<string, readonly string[]>;
  readonly lists: Partial<Record<ListName, object[]>>;
  readonly adminFiles: Record<string, readonly [number, string]>;
}

const pki = "/etc/kubernetes/pki";
const unit = (name: string): string => `/etc/systemd/system/${name}.service`;
const services = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"];

export const kubeletFile = "/etc/kubernetes/kubelet.json";
export const etcdFile = "/etc/etcd/etcd.yaml";
export const admissionFile = "/etc/kubernetes/admission.yaml";
export const encryptionFile = `${pki}/encryption.yaml`;
export const auditFile = "/etc/kubernetes/audit-policy.yaml";

export const object = (name: string, namespace?: string, more: object = {}): object => ({
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  ...more,
});
export const bind = (name: string, role: string, subject: object, labels: object = {}): object => ({
  metadata: { name, labels },
  roleRef: { kind: "ClusterRole", name: role },
  subjects: [subject],
});
export const role = (name: string, apiGroups: string[], resources: string[], verbs: string[], labels = {}): object => ({
  metadata: { name, labels },
  rules: [{ apiGroups, resources, verbs }],
});
/** The label of what Kubernetes makes itself. */
export const builtIn = { "kubernetes.io/bootstrapping": "rbac-defaults" };

export const goodContainer = {
  name: "main",
  securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
};
export const pod = (container: object, spec: object = {}, namespace = "shop"): object =>
  object("web", namespace, {
    spec: { containers: [{ ...goodContainer, ...container }], serviceAccountName: "web", ...spec },
  });

/** A new one each time. */
export const rightScene = (): Scene => ({
  flags: {
    etcd: { "config-file": etcdFile },
    "kube-apiserver": {
      "anonymous-auth": "false",
      "kubelet-client-certificate": `${pki}/kubelet.crt`,
      "kubelet-client-key": `${pki}/kubelet.key`,
      "kubelet-certificate-authority": `${pki}/ca.crt`,
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins":
        "NodeRestriction,DenyServiceExternalIPs,EventRateLimit,AlwaysPullImages,ImagePolicyWebhook",
      "admission-control-config-file": admissionFile,
      profiling: "false",
      "audit-policy-file": auditFile,
      "audit-log-path": "/var/log/audit.log",
      "audit-log-maxage": "30",
      "audit-log-maxbackup": "10",
      "audit-log-maxsize": "100",
      "request-timeout": "1m30s",
      "service-account-key-file": `${pki}/sa.pub`,
      "service-account-extend-token-expiration": "false",
      "etcd-certfile": `${pki}/etcd.crt`,
      "etcd-keyfile": `${pki}/etcd.key`,
      "etcd-cafile": `${pki}/etcd-ca.crt`,
      "tls-cert-file": `${pki}/api.crt`,
      "tls-private-key-file": `${pki}/api.key`,
      "client-ca-file": `${pki}/ca.crt`,
      "encryption-provider-config": encryptionFile,
      "tls-cipher-suites": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256",
    },
    "kube-controller-manager": {
      kubeconfig: "/etc/kubernetes/controller-manager.kubeconfig",
      "terminated-pod-gc-threshold": "1000",
      profiling: "false",
      "use-service-account-credentials": "true",
      "service-account-private-key-file": `${pki}/sa.key`,
      "root-ca-file": `${pki}/ca.crt`,
      "bind-address": "127.0.0.1",
    },
    "kube-scheduler": { config: "/etc/kubernetes/scheduler.yaml", "bind-address": "127.0.0.1", profiling: "true" },
    kubelet: { config: kubeletFile, kubeconfig: "/etc/kubernetes/kubelet.kubeconfig" },
    "kube-proxy": { config: "/etc/kubernetes/kube-proxy.json" },
  },
  documents: {
    [etcdFile]: {
      "data-dir": "/var/lib/etcd",
      "client-transport-security": {
        "cert-file": "/etc/etcd/pki/server.crt",
        "key-file": "/etc/etcd/pki/server.key",
        "trusted-ca-file": "/etc/etcd/pki/ca.crt",
        "client-cert-auth": true,
      },
      "peer-transport-security": {
        "cert-file": "/etc/etcd/pki/peer.crt",
        "key-file": "/etc/etcd/pki/peer.key",
        "client-cert-auth": true,
      },
    },
    "/etc/kubernetes/scheduler.yaml": {
      clientConnection: { kubeconfig: "/etc/kubernetes/scheduler.kubeconfig" },
      enableProfiling: false,
    },
    [kubeletFile]: {
      authentication: { anonymous: { enabled: false }, x509: { clientCAFile: `${pki}/ca.crt` } },
      authorization: { mode: "Webhook" },
      readOnlyPort: 0,
      serverTLSBootstrap: true,
      tlsCipherSuites: ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],
      podPidsLimit: 4096,
      seccompDefault: true,
    },
    "/etc/kubernetes/kube-proxy.json": {
      clientConnection: { kubeconfig: "/etc/kubernetes/kube-proxy.kubeconfig" },
      metricsBindAddress: "127.0.0.1:10249",
    },
    [encryptionFile]: { resources: [{ resources: ["secrets"], providers: [{ secretbox: {} }, { identity: {} }] }] },
    // kubeplay's own.
    [auditFile]: parse(readFileSync("roles/kube-apiserver/files/audit-policy.yaml", "utf8")) as unknown,
    [admissionFile]: { plugins: [{ name: "PodSecurity", path: "pods.yaml" }] },
    "/etc/kubernetes/pods.yaml": { defaults: { enforce: "restricted" }, exemptions: { namespaces: ["kube-system"] } },
  },
  files: {
    ...Object.fromEntries(services.map((name) => [unit(name), [0o600, "root:root"] as const])),
    ...Object.fromEntries(
      ["controller-manager", "scheduler", "kubelet", "kube-proxy"].map((name) => [
        `/etc/kubernetes/${name}.kubeconfig`,
        [0o600, "root:root"] as const,
      ]),
    ),
    [etcdFile]: [0o600, "root:root"],
    [kubeletFile]: [0o600, "root:root"],
    "/etc/cni/net.d/10-x.conflist": [0o600, "root:root"],
    "/var/lib/etcd": [0o700, "etcd:etcd"],
    [`${pki}/ca.crt`]: [0o644, "root:root"],
    [`${pki}/api.key`]: [0o600, "root:root"],
    "/etc/etcd/pki/server.crt": [0o644, "etcd:etcd"],
    "/etc/etcd/pki/server.key": [0o600, "etcd:etcd"],
  },
  folders: ["/var/lib/etcd"],
  units: Object.fromEntries(services.map((name) => [name, [unit(name)]])),
  certificates: { "/etc/etcd/pki/ca.crt": ["etcd's"], [`${pki}/ca.crt`]: ["the cluster's", "an older one"] },
  adminFiles: { ".kubeplay/lab/kubeconfigs/super-admin.kubeconfig": [0o600, "me:1000"] },
  lists: {
    namespaces: [object("kube-system"), object("shop")],
    pods: [pod({})],
    services: [object("kubernetes", "default"), object("web", "shop")],
    serviceAccounts: [
      object("default", "shop", { automountServiceAccountToken: false }),
      object("web", "shop", { automountServiceAccountToken: false }),
    ],
    tokens: [],
    bootstrapTokens: [],
    clusterRoles: [
      role("cluster-admin", ["*"], ["*"], ["*"], builtIn),
      role("view", [""], ["pods"], ["get", "list", "watch"]),
    ],
    roles: [],
    clusterRoleBindings: [
      bind("cluster-admin", "cluster-admin", { kind: "Group", name: "system:masters" }, builtIn),
      bind("kubeadm:cluster-admins", "cluster-admin", { kind: "Group", name: "kubeadm:cluster-admins" }),
    ],
    roleBindings: [],
    networkPolicies: [object("deny", "shop"), object("deny", "kube-system")],
    daemonSets: [object("cilium", "kube-system")],
    policyBindings: [],
    csiDrivers: [],
  },
});

const states = (files: Scene["files"], folders: readonly string[] = []): FileState[] =>
  Object.entries(files).map(([path, [mode, owner]]) => ({ path, mode, owner, isFolder: folders.includes(path) }));

/** What the programs would have asked. */
export function evidenceOf(scene: Scene): ClusterEvidence {
  const host: HostEvidence = {
    host: { name: "cp-1", address: "10.0.0.11", groups: ["masters"] },
    processes: new Map(
      Object.entries(scene.flags).map(([name, flags]) => [
        name as Component,
        new Map(Object.entries(flags).map(([flag, value]) => [flag, [value]])),
      ]),
    ),
    units: new Map(Object.entries(scene.units) as [Component, string[]][]),
    documents: new Map(Object.entries(scene.documents)),
    certificates: new Map(Object.entries(scene.certificates)),
    files: new Map(states(scene.files, scene.folders).map((file) => [file.path, file])),
  };
  return {
    masters: [host],
    nodes: [host],
    unread: [],
    lists: Object.fromEntries(Object.entries(scene.lists).map(([name, items]) => [name, { items }])),
    adminFiles: states(scene.adminFiles),
    user: "me",
  };
}
