import { container, stampOf } from "#cluster/dns/pod.ts";

export interface CorednsOptions {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly replicas: number;
  readonly corefile: string;
}

/** The label that other tools expect. */
export const labels = { "k8s-app": "kube-dns" };

/** All pods depend on it, so it also runs on masters, and on several hosts if possible. */
export const deployment = ({ name, namespace, image, replicas, corefile }: CorednsOptions) => ({
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
        nodeSelector: { "kubernetes.io/os": "linux" },
        tolerations: [
          { key: "CriticalAddonsOnly", operator: "Exists" },
          { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
        ],
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
              },
            ],
          },
        },
        containers: [container(image)],
        volumes: [{ name: "config", configMap: { name, items: [{ key: "Corefile", path: "Corefile" }] } }],
      },
    },
  },
});
