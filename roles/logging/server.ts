import type { Manifest } from "kubeplay/kubernetes";
import { tiedTo, type Place } from "#cluster/addon/volume.ts";
import { collectorLabels, type CollectorPlacement } from "./collector.ts";
import { closed, openToNodes } from "./policy.ts";

export const port = 9428;
/** What VictoriaLogs has in the folder of its data. */
export const storedNames = ["cache", "delete_tasks.json", "flock.lock", "partitions", "snapshots"];
const name = "victoria-logs";
/** The claim of its data. */
export const claim = name;
const labels = { "app.kubernetes.io/name": name };

export interface Options extends CollectorPlacement {
  readonly place: Place;
  /** "30d" */
  readonly retention: string;
  /** The maximum size, "8GiB": the oldest logs are deleted first. */
  readonly size: string;
}

const probe = { httpGet: { path: "/health", port: "http" } };

/** One server, where its data is. */
const statefulSet = ({ namespace, image, retention, size, place }: Options): Manifest => ({
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
        // A claim is made on any node but a master that is kept free.
        ...(place.node !== undefined && {
          tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
        }),
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
              // Its folder belongs to root.
              runAsUser: 0,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          },
        ],
        ...tiedTo(place),
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
