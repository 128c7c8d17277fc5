import { spread } from "#cluster/spread.ts";
import { container, stampOf } from "#cluster/dns/pod.ts";

export interface CorednsOptions {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly replicas: number;
  readonly corefile: string;
  /** How many nodes the cluster has. */
  readonly nodes: number;
}

/** The label that other tools expect. */
export const labels = { "k8s-app": "kube-dns" };

/** All pods depend on it, so it also runs on masters, and never with all its pods on one of several nodes. */
export const deployment = ({ name, namespace, image, replicas, corefile, nodes }: CorednsOptions) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace, labels },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: {
        labels,
        annotations: stampOf(corefile),
      },
      spec: {
        serviceAccountName: name,
        priorityClassName: "system-cluster-critical",
        dnsPolicy: "Default",
        securityContext: {
          ...{ runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532 },
          seccompProfile: { type: "RuntimeDefault" },
          // Port 53, without root.
          sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "53" }],
        },
        nodeSelector: { "kubernetes.io/os": "linux" },
        tolerations: [
          { key: "CriticalAddonsOnly", operator: "Exists" },
          { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
          // By default, pods of a lost node are made again on another one only after five minutes.
          ...["not-ready", "unreachable"].map((state) => ({
            ...{ key: `node.kubernetes.io/${state}`, operator: "Exists", effect: "NoExecute" },
            tolerationSeconds: 30,
          })),
        ],
        ...spread(labels, { over: Math.min(2, nodes), rollout: true }),
        containers: [container(image)],
        volumes: [{ name: "config", configMap: { name, items: [{ key: "Corefile", path: "Corefile" }] } }],
      },
    },
  },
});
