import {
  admissionFile,
  auditFile,
  bind,
  builtIn,
  encryptionFile,
  etcdFile,
  goodContainer,
  kubeletFile,
  object,
  pod,
  role,
  type Scene,
} from "./scene.ts";
import type { ListName } from "#programs/cis/evidence/cluster.ts";

/** Breaks what is right. */
export type Break = (scene: Scene) => void;

/** A flag with another value, or without one. */
const flag =
  (component: string, name: string, value?: string): Break =>
  ({ flags }) => {
    const own = flags[component] ?? {};
    flags[component] = Object.fromEntries(
      Object.entries({ ...own, [name]: value ?? "" }).filter(([key]) => key !== name || value !== undefined),
    );
  };
const api = (name: string, value?: string): Break => flag("kube-apiserver", name, value);
const manager = (name: string, value?: string): Break => flag("kube-controller-manager", name, value);

/** A field of a document; undefined takes it away. */
const field =
  (path: string, names: string, value?: unknown): Break =>
  ({ documents }) => {
    const parts = names.split(".");
    const last = parts.pop() ?? "";
    let inner = documents[path] as Record<string, unknown>;
    for (const part of parts) inner = (inner[part] ??= {}) as Record<string, unknown>;
    inner[last] = value;
  };
const kubelet = (names: string, value?: unknown): Break => field(kubeletFile, names, value);
const etcd = (names: string, value?: unknown): Break => field(etcdFile, names, value);

const file =
  (path: string, mode: number, owner = "root:root"): Break =>
  ({ files }) => {
    files[path] = [mode, owner];
  };
/** With one more bit, and of another owner: for two controls. */
const wrongFile = (first: string, second: string, path: string, mode: number): Record<string, Break[]> => ({
  [first]: [file(path, mode)],
  [second]: [file(path, 0o600, "kube:root"), file(path, 0o600, "root:kube")],
});
const unit = (name: string): string => `/etc/systemd/system/${name}.service`;
const kubeconfig = (name: string): string => `/etc/kubernetes/${name}.kubeconfig`;

const add =
  (list: ListName, ...more: object[]): Break =>
  ({ lists }) => {
    lists[list] = [...(lists[list] ?? []), ...more];
  };
const all =
  (...breaks: Break[]): Break =>
  (scene) =>
    breaks.forEach((one) => one(scene));
const someone = { kind: "User", name: "someone" };
const everybody = { kind: "Group", name: "system:authenticated" };
/** Everybody gets a right. */
const grant = (group: string, resource: string, verb: string): Break =>
  all(
    add("clusterRoles", role("new", [group], [resource], [verb])),
    add("clusterRoleBindings", bind("new", "new", everybody)),
  );
const noPodSecurity = api("admission-control-config-file");
const baseline = field("/etc/kubernetes/pods.yaml", "defaults.enforce", "privileged");

/** What makes each control fail. */
export const breaks: Readonly<Record<string, readonly Break[]>> = {
  ...wrongFile("1.1.1", "1.1.2", unit("kube-apiserver"), 0o640),
  ...wrongFile("1.1.3", "1.1.4", unit("kube-controller-manager"), 0o644),
  ...wrongFile("1.1.5", "1.1.6", unit("kube-scheduler"), 0o601),
  ...wrongFile("1.1.7", "1.1.8", etcdFile, 0o644),
  ...wrongFile("1.1.9", "1.1.10", "/etc/cni/net.d/10-x.conflist", 0o644),
  "1.1.11": [file("/var/lib/etcd", 0o750, "etcd:etcd")],
  "1.1.12": [file("/var/lib/etcd", 0o700, "root:root"), etcd("data-dir")],
  "1.1.13": [
    file("/etc/kubernetes/admin.conf", 0o644),
    ({ adminFiles }) => (adminFiles["admin.kubeconfig"] = [0o640, "me:1000"]),
  ],
  "1.1.14": [
    file("/etc/kubernetes/super-admin.conf", 0o600, "kube:kube"),
    ({ adminFiles }) => (adminFiles["admin.kubeconfig"] = [0o600, "0:0"]),
  ],
  ...wrongFile("1.1.15", "1.1.16", kubeconfig("scheduler"), 0o640),
  ...wrongFile("1.1.17", "1.1.18", kubeconfig("controller-manager"), 0o640),
  "1.1.19": [
    file("/etc/kubernetes/pki/ca.crt", 0o644, "etcd:etcd"),
    file("/etc/etcd/pki/server.key", 0o600, "kube:kube"),
  ],
  "1.1.20": [file("/etc/kubernetes/pki/ca.crt", 0o664), file("/etc/etcd/pki/peer.crt", 0o755)],
  "1.1.21": [file("/etc/kubernetes/pki/api.key", 0o640), file("/etc/etcd/pki/server.key", 0o604, "etcd:etcd")],
  "1.2.1": [api("anonymous-auth"), api("anonymous-auth", "true")],
  "1.2.2": [api("token-auth-file", "/etc/tokens.csv")],
  "1.2.3": [api("enable-admission-plugins", "NodeRestriction")],
  "1.2.4": [api("kubelet-client-certificate"), api("kubelet-client-key")],
  "1.2.5": [api("kubelet-certificate-authority")],
  "1.2.6": [api("authorization-mode"), api("authorization-mode", "Node,RBAC,AlwaysAllow")],
  "1.2.7": [api("authorization-mode", "RBAC"), api("authorization-mode", "NodeX,RBAC")],
  "1.2.8": [api("authorization-mode", "Node")],
  "1.2.9": [api("enable-admission-plugins", "NodeRestriction")],
  "1.2.10": [api("enable-admission-plugins", "NodeRestriction,AlwaysAdmit")],
  "1.2.11": [api("enable-admission-plugins")],
  "1.2.12": [api("disable-admission-plugins", "ServiceAccount")],
  "1.2.13": [api("disable-admission-plugins", "Priority,NamespaceLifecycle")],
  "1.2.14": [api("enable-admission-plugins"), api("enable-admission-plugins", "AlwaysPullImages")],
  "1.2.15": [api("profiling"), api("profiling", "true")],
  "1.2.16": [api("audit-log-path"), api("audit-log-path", "")],
  "1.2.17": [api("audit-log-maxage"), api("audit-log-maxage", "29"), api("audit-log-maxage", "month")],
  "1.2.18": [api("audit-log-maxbackup", "9")],
  "1.2.19": [api("audit-log-maxsize", "99")],
  "1.2.20": [api("request-timeout", "0"), api("request-timeout", "1h"), api("request-timeout", "long")],
  "1.2.21": [api("service-account-lookup", "false")],
  "1.2.22": [api("service-account-key-file")],
  "1.2.23": [api("etcd-certfile"), api("etcd-keyfile")],
  "1.2.24": [api("tls-cert-file"), api("tls-private-key-file")],
  "1.2.25": [api("client-ca-file")],
  "1.2.26": [api("etcd-cafile")],
  "1.2.27": [api("encryption-provider-config")],
  "1.2.28": [
    api("encryption-provider-config"),
    field(encryptionFile, "resources", [{ resources: ["secrets"], providers: [{ identity: {} }, { secretbox: {} }] }]),
    field(encryptionFile, "resources", [{ resources: ["secrets"], providers: [{ aesgcm: {} }] }]),
    field(encryptionFile, "resources", [{ resources: ["configmaps"], providers: [{ secretbox: {} }] }]),
  ],
  "1.2.29": [api("tls-cipher-suites"), api("tls-cipher-suites", "TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA")],
  "1.2.30": [api("service-account-extend-token-expiration"), api("service-account-extend-token-expiration", "true")],
  "1.3.1": [manager("terminated-pod-gc-threshold"), manager("terminated-pod-gc-threshold", "0")],
  "1.3.2": [manager("profiling"), manager("profiling", "true")],
  "1.3.3": [manager("use-service-account-credentials"), manager("use-service-account-credentials", "false")],
  "1.3.4": [manager("service-account-private-key-file")],
  "1.3.5": [manager("root-ca-file")],
  "1.3.6": [manager("feature-gates", "A=true,RotateKubeletServerCertificate=false")],
  "1.3.7": [manager("bind-address"), manager("bind-address", "0.0.0.0")],
  "1.4.1": [field("/etc/kubernetes/scheduler.yaml", "enableProfiling", true)],
  "1.4.2": [flag("kube-scheduler", "bind-address"), flag("kube-scheduler", "bind-address", "::")],
  "2.1": [etcd("client-transport-security.cert-file"), etcd("client-transport-security.key-file")],
  "2.2": [
    etcd("client-transport-security.client-cert-auth", false),
    etcd("client-transport-security.client-cert-auth"),
  ],
  "2.3": [etcd("client-transport-security.auto-tls", true)],
  "2.4": [etcd("peer-transport-security.cert-file"), etcd("peer-transport-security.key-file")],
  "2.5": [etcd("peer-transport-security.client-cert-auth", false)],
  "2.6": [etcd("peer-transport-security.auto-tls", true)],
  "2.7": [
    ({ certificates }) => (certificates["/etc/etcd/pki/ca.crt"] = ["etcd's", "an older one"]),
    etcd("client-transport-security.trusted-ca-file"),
  ],
  "3.2.1": [api("audit-policy-file"), field(auditFile, "rules", [])],
  "3.2.2": [
    field(auditFile, "rules", [{ level: "RequestResponse" }]),
    field(auditFile, "rules", [
      { level: "None", resources: [{ group: "", resources: ["pods/*"] }] },
      { level: "Metadata" },
    ]),
    api("audit-policy-file"),
  ],
  ...wrongFile("4.1.1", "4.1.2", unit("kubelet"), 0o644),
  ...wrongFile("4.1.3", "4.1.4", kubeconfig("kube-proxy"), 0o640),
  ...wrongFile("4.1.5", "4.1.6", kubeconfig("kubelet"), 0o640),
  "4.1.7": [file("/etc/kubernetes/pki/ca.crt", 0o666)],
  "4.1.8": [file("/etc/kubernetes/pki/ca.crt", 0o644, "kube:root")],
  ...wrongFile("4.1.9", "4.1.10", kubeletFile, 0o644),
  "4.2.1": [
    kubelet("authentication.anonymous.enabled", true),
    kubelet("authentication.anonymous"),
    flag("kubelet", "anonymous-auth", "true"),
  ],
  "4.2.2": [kubelet("authorization.mode", "AlwaysAllow"), kubelet("authorization")],
  "4.2.3": [kubelet("authentication.x509")],
  "4.2.4": [kubelet("readOnlyPort", 10255), flag("kubelet", "read-only-port", "10255")],
  "4.2.5": [kubelet("streamingConnectionIdleTimeout", "0s"), kubelet("streamingConnectionIdleTimeout", "0")],
  "4.2.6": [kubelet("makeIPTablesUtilChains", false)],
  "4.2.7": [flag("kubelet", "hostname-override", "node-1")],
  "4.2.8": [kubelet("eventRecordQPS", -1)],
  "4.2.9": [kubelet("serverTLSBootstrap", false), all(kubelet("serverTLSBootstrap"), kubelet("tlsCertFile", "/a.crt"))],
  "4.2.10": [kubelet("rotateCertificates", false)],
  "4.2.11": [
    kubelet("featureGates", { RotateKubeletServerCertificate: false }),
    flag("kubelet", "feature-gates", "RotateKubeletServerCertificate=false"),
  ],
  "4.2.12": [kubelet("tlsCipherSuites"), kubelet("tlsCipherSuites", ["TLS_RSA_WITH_AES_128_CBC_SHA"])],
  "4.2.13": [kubelet("podPidsLimit"), kubelet("podPidsLimit", -1)],
  "4.2.14": [kubelet("seccompDefault"), kubelet("seccompDefault", false)],
  "4.3.1": [
    field("/etc/kubernetes/kube-proxy.json", "metricsBindAddress", "10.0.0.11:10249"),
    field("/etc/kubernetes/kube-proxy.json", "metricsBindAddress", "0.0.0.0:10249"),
  ],
  "5.1.1": [
    add("clusterRoleBindings", bind("mine", "cluster-admin", someone)),
    // Labels of Kubernetes on what is not its own, and a stranger in what is.
    add("clusterRoleBindings", bind("mine", "cluster-admin", { kind: "Group", name: "system:masters" }, builtIn)),
    add("clusterRoleBindings", bind("cluster-admin", "cluster-admin", someone, builtIn)),
  ],
  "5.1.2": [grant("", "secrets", "list")],
  "5.1.3": [
    add("clusterRoles", role("all", ["*"], ["*"], ["*"])),
    add("clusterRoles", role("mine", ["*"], ["*"], ["*"], builtIn)),
  ],
  "5.1.4": [grant("", "pods", "create"), grant("*", "*", "*")],
  "5.1.5": [
    add("serviceAccounts", object("default", "new")),
    add("clusterRoleBindings", bind("d", "view", { kind: "ServiceAccount", name: "default", namespace: "shop" })),
  ],
  "5.1.6": [
    add("pods", pod({}, { automountServiceAccountToken: true })),
    add("pods", pod({}, { serviceAccountName: "unknown" })),
  ],
  "5.1.7": [add("clusterRoleBindings", bind("mine", "view", { kind: "Group", name: "system:masters" }))],
  "5.1.8": [grant("", "users", "impersonate"), grant("rbac.authorization.k8s.io", "clusterroles", "escalate")],
  "5.1.9": [grant("", "persistentvolumes", "create")],
  "5.1.10": [grant("", "nodes/proxy", "get"), grant("", "*/proxy", "get")],
  "5.1.11": [grant("certificates.k8s.io", "certificatesigningrequests/approval", "update")],
  "5.1.12": [grant("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "patch")],
  "5.1.13": [grant("", "serviceaccounts/token", "create")],
  "5.2.1": [noPodSecurity, baseline, field(admissionFile, "plugins", [])],
  ...Object.fromEntries(
    ["5.2.2", "5.2.3", "5.2.4", "5.2.5", "5.2.10", "5.2.11", "5.2.12"].map((number) => [
      number,
      [noPodSecurity, baseline],
    ]),
  ),
  "5.3.1": [({ lists }) => (lists.daemonSets = [object("kube-proxy", "kube-system")])],
  "5.3.2": [add("namespaces", object("new"))],
  "5.5.1": [api("enable-admission-plugins", "NodeRestriction")],
  "5.6.4": [add("pods", pod({}, {}, "default"))],
};

const labelled = (level: string): Break =>
  add("namespaces", { metadata: { name: "new", labels: { "pod-security.kubernetes.io/enforce": level } } });

/** What only a person can judge. */
export const questions: Readonly<Record<string, Break>> = {
  "3.1.2": add("tokens", object("build", "shop")),
  "3.1.3": add("bootstrapTokens", object("bootstrap-token-abcdef", "kube-system")),
  "5.1.2": all(
    add("clusterRoles", role("s", [""], ["secrets"], ["get"])),
    add("roleBindings", bind("s", "s", someone)),
  ),
  "5.1.4": add("clusterRoleBindings", bind("system:x", "cluster-admin", someone, builtIn)),
  "5.1.8": add(
    "clusterRoleBindings",
    bind("tiller", "cluster-admin", { kind: "ServiceAccount", namespace: "kube-system", name: "tiller" }),
  ),
  "5.1.3": add("roles", role("r", ["apps"], ["*"], ["get"])),
  "5.2.2": labelled("privileged"),
  ...Object.fromEntries(["5.2.6", "5.2.7", "5.2.8", "5.2.9"].map((number) => [number, labelled("baseline")])),
  "5.4.1": add("pods", pod({ ...goodContainer, envFrom: [{ secretRef: { name: "s" } }] })),
  "5.6.2": add("pods", pod({ securityContext: { seccompProfile: { type: "Unconfined" } } })),
  "5.6.3": add("pods", pod({ securityContext: {} })),
};
