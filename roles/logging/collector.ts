import type { Manifest } from "kubeplay/kubernetes";
import { closed } from "./policy.ts";

const rbac = "rbac.authorization.k8s.io";
const data = "/var/lib/vlagent";
/** Its state on each node. */
export const collectorFolder = "/var/lib/kubeplay-vlagent";

export interface CollectorPlacement {
  readonly namespace: string;
  readonly image: string;
}

/** vlagent reads the pods of its node, to label the logs with their names. */
const rights = ({ namespace }: CollectorPlacement): readonly Manifest[] => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "vlagent", namespace } },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: "kubeplay:vlagent" },
    rules: [{ apiGroups: [""], resources: ["pods", "namespaces", "nodes"], verbs: ["get", "list", "watch"] }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: "kubeplay:vlagent" },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "kubeplay:vlagent" },
    subjects: [{ kind: "ServiceAccount", name: "vlagent", namespace }],
  },
];

export const collectorLabels = { "app.kubernetes.io/name": "vlagent" };

/** Runs on every node, also on masters, and reads the log files that the kubelet keeps. */
const daemonSet = ({ namespace, image }: CollectorPlacement, target: string): Manifest => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "vlagent", namespace, labels: collectorLabels },
  spec: {
    selector: { matchLabels: collectorLabels },
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%" } },
    template: {
      metadata: { labels: collectorLabels },
      spec: {
        serviceAccountName: "vlagent",
        priorityClassName: "system-node-critical",
        tolerations: [{ operator: "Exists" }],
        containers: [
          {
            name: "vlagent",
            image,
            args: [
              "-kubernetesCollector",
              `-remoteWrite.url=${target}/insert/native`,
              // Unsent logs survive the pod, and so does the position in each file.
              `-tmpDataPath=${data}`,
              "-remoteWrite.maxDiskUsagePerURL=512MiB",
              "-httpListenAddr=:9429",
            ],
            ports: [{ name: "http", containerPort: 9429, protocol: "TCP" }],
            readinessProbe: { httpGet: { path: "/health", port: "http" }, periodSeconds: 5 },
            resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
            // Only root can read the log files.
            securityContext: {
              runAsUser: 0,
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [
              { name: "logs", mountPath: "/var/log", readOnly: true },
              { name: "data", mountPath: data },
            ],
          },
        ],
        volumes: [
          { name: "logs", hostPath: { path: "/var/log", type: "Directory" } },
          { name: "data", hostPath: { path: collectorFolder, type: "DirectoryOrCreate" } },
        ],
      },
    },
  },
});

export const collector = (place: CollectorPlacement, target: string): readonly Manifest[] => [
  ...rights(place),
  daemonSet(place, target),
  closed({ name: "vlagent", namespace: place.namespace, labels: collectorLabels }),
];
