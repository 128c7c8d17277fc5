import type { Manifest } from "#lib/queries/object.ts";
import { volume, type Volume } from "#roles/addon/volume.ts";
import type { Place } from "./collector.ts";

export const port = 9428;
const name = "victoria-logs";
const labels = { "app.kubernetes.io/name": name };

export interface Options extends Place {
  readonly volume: Omit<Volume, "name" | "namespace">;
  /** "30d" */
  readonly retention: string;
  /** Bytes, "8GiB": the oldest logs go first. */
  readonly size: string;
}

const probe = { httpGet: { path: "/health", port: "http" } };

/** One server, on the node that has its volume. */
const statefulSet = ({ namespace, image, retention, size }: Options): Manifest => ({
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
              // The folder is made by the kubelet, for root.
              runAsUser: 0,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          },
        ],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: name } }],
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

export const server = (options: Options): readonly Manifest[] => [
  ...volume({ name, namespace: options.namespace, ...options.volume }),
  service(options.namespace),
  statefulSet(options),
];

/** Where it takes logs and questions, from within the cluster. */
export const serverUrl = (namespace: string, domain: string): string =>
  `http://${name}.${namespace}.svc.${domain}:${String(port)}`;
