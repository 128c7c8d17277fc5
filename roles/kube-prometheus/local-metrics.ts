import type { Manifest } from "kubeplay/kubernetes";
import { labels, type OnHosts } from "./on-hosts.ts";
import { namespace } from "./patches.ts";

/** A program that shows its metrics to its own host only. */
export interface LocalProgram {
  readonly name: string;
  readonly port: number;
  readonly scheme: "http" | "https";
}

/** Where a host's kube-rbac-proxy serves what the program serves at `port`. The program may listen on all addresses. */
const proxyPort = (port: number): number => port + 10_000;

/** Prometheus reaches the program at each of the addresses, through kube-rbac-proxy. */
export const throughProxy = ({ name, port }: LocalProgram, addresses: readonly string[]): OnHosts => ({
  ...{ name, port: proxyPort(port), scheme: "https", addresses },
});

const account = "kube-rbac-proxy";
const paths = ["/metrics", "/metrics/slis"];

/** The account whose pods ask the API server who a client is, and what it may do. */
export const proxyAccount: readonly Manifest[] = [
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: account, namespace, labels: labels(account) },
    automountServiceAccountToken: false,
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: `kubeplay:${account}`, labels: labels(account) },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
  },
];

const container =
  (image: string) =>
  ({ name, port, scheme }: LocalProgram) => ({
    name,
    image,
    args: [
      `--secure-listen-address=$(HOST_IP):${String(proxyPort(port))}`,
      `--upstream=${scheme}://127.0.0.1:${String(port)}/`,
      ...(scheme === "https" ? ["--upstream-ca-file=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"] : []),
      `--allow-paths=${paths.join(",")}`,
      "--tls-min-version=VersionTLS12",
    ],
    env: [{ name: "HOST_IP", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } }],
    resources: { requests: { cpu: "5m", memory: "20Mi" }, limits: { memory: "60Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
  });

/**
 * kube-rbac-proxy on every master, or on every node: it serves the metrics of programs that listen for their own host
 * only, and only to whom the API server lets read /metrics.
 */
export function proxiesOn(
  where: "masters" | "nodes",
  version: string,
  programs: readonly LocalProgram[],
): readonly Manifest[] {
  if (programs.length === 0) return [];
  const name = `${account}-${where}`;
  const image = `quay.io/brancz/kube-rbac-proxy:v${version}`;
  return [
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name, namespace, labels: labels(name) },
      spec: {
        selector: { matchLabels: { "app.kubernetes.io/name": name } },
        updateStrategy: { rollingUpdate: { maxUnavailable: "10%" } },
        template: {
          metadata: { labels: labels(name) },
          spec: {
            hostNetwork: true,
            serviceAccountName: account,
            automountServiceAccountToken: true,
            nodeSelector: {
              "kubernetes.io/os": "linux",
              ...(where === "masters" && { "node-role.kubernetes.io/control-plane": "" }),
            },
            tolerations: [{ operator: "Exists" }],
            priorityClassName: "system-cluster-critical",
            securityContext: {
              ...{ runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532 },
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: programs.map(container(image)),
          },
        },
      },
    },
  ];
}
