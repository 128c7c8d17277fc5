import type { Manifest } from "kubeplay/kubernetes";
import { tiedTo, type Folder } from "#cluster/addon/volume.ts";
import { collectorLabels, type CollectorPlacement } from "./collector.ts";
import { closed, openToNodes } from "./policy.ts";

export const port = 9428;
/** What VictoriaLogs has in the folder of its data. */
export const storedNames = ["cache", "delete_tasks.json", "flock.lock", "partitions", "snapshots"];
const name = "victoria-logs";
const labels = { "app.kubernetes.io/name": name };

export interface Options extends CollectorPlacement {
  readonly folder: Folder;
  /** "30d" */
  readonly retention: string;
  /** The maximum size, "8GiB": the oldest logs are deleted first. */
  readonly size: string;
}

const probe = { httpGet: { path: "/health", port: "http" } };

/** One server, on the node that has its folder. */
const statefulSet = ({ namespace, image, retention, size, folder }: Options): Manifest => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name, namespace, labels },
  spec: {
    replicas: 1,
    serviceName: name,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        automountServiceAccountToken: false,
        tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
        containers: [
          {
            name,
            image,
            args: [
              "-storageDataPath=/data",
              `-retentionPeriod=${retention}`,
              `-retention.maxDiskSpaceUsageBytes=${size}`,
              `-httpListenAddr=:${String(port)}`,
            ],
            ports: [{ name: "http", containerPort: port, protocol: "TCP" }],
            readinessProbe: { ...probe, periodSeconds: 5 },
            livenessProbe: { ...probe, initialDelaySeconds: 30, periodSeconds: 20, failureThreshold: 6 },
            resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "1Gi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              // The kubelet creates the folder for root.
              runAsUser: 0,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          },
        ],
        ...tiedTo(folder),
      },
    },
  },
});

const service = (namespace: string): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, labels },
  spec: { selector: labels, ports: [{ name: "http", port, protocol: "TCP", targetPort: "http" }] },
});

/** The API path of the workload that has the logs. */
export const workload = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`;

export const server = (options: Options): readonly Manifest[] => [
  service(options.namespace),
  statefulSet(options),
  closed({ name, namespace: options.namespace, labels, opened: { to: collectorLabels, port } }),
];

/** Allows clients on a node, and the API's proxy. */
export const fromNodes = (namespace: string): Manifest => openToNodes({ name, namespace, labels, port });

/** The URL for logs and queries from within the cluster. */
export const serverUrl = (namespace: string, domain: string): string =>
  `http://${name}.${namespace}.svc.${domain}:${String(port)}`;
