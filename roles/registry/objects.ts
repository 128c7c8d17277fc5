import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { Manifest } from "kubeplay/kubernetes";
import { unrestricted } from "#cluster/pod-security.ts";
import { tiedTo, type Place } from "#cluster/addon/volume.ts";

export const name = "registry";
export const namespace = "registry";
const labels = { "app.kubernetes.io/name": name };
const priority = "kubeplay-registry-garbage";

export interface Options {
  readonly image: string;
  readonly port: number;
  readonly place: Place;
  /** When garbage is collected, as a cron schedule. */
  readonly schedule: string;
  readonly htpasswd: string;
  readonly certificate: string;
  readonly key: string;
}

const configuration = (port: number): string =>
  stringify({
    version: "0.1",
    log: { level: "info" },
    storage: { filesystem: { rootdirectory: "/var/lib/registry" }, delete: { enabled: true } },
    auth: { htpasswd: { realm: "registry", path: "/etc/registry/htpasswd" } },
    http: {
      addr: `:${String(port)}`,
      draintimeout: "20s",
      tls: { certificate: "/etc/registry/tls.crt", key: "/etc/registry/tls.key" },
    },
  });

/** The API path of the workload that has the images. */
export const workload = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

/** A pod with the images. It uses a port of its host, so only one such pod can run. */
const pod = ({ image, port, place }: Options, args: readonly string[], { volumes, ...tied } = tiedTo(place)) => ({
  // A host's container runtime pulls the images and cannot resolve the cluster's names: it uses the host's address.
  hostNetwork: true,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  ...tied,
  tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
  containers: [
    {
      name,
      image,
      args,
      // Otherwise the registry would look for a trace collector.
      env: [{ name: "OTEL_TRACES_EXPORTER", value: "none" }],
      ports: [{ name: "https", containerPort: port, hostPort: port, protocol: "TCP" }],
      resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "512Mi" } },
      securityContext: {
        runAsUser: 0,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [
        { name: "data", mountPath: "/var/lib/registry" },
        { name: "configuration", mountPath: "/etc/distribution", readOnly: true },
        { name: "secrets", mountPath: "/etc/registry", readOnly: true },
        { name: "tmp", mountPath: "/tmp" },
      ],
    },
  ],
  volumes: [
    ...volumes,
    { name: "configuration", configMap: { name } },
    { name: "secrets", secret: { secretName: name, defaultMode: 0o400 } },
    { name: "tmp", emptyDir: {} },
  ],
});

const serving = (options: Options, stamp: string) => {
  const { containers, ...rest } = pod(options, ["serve", "/etc/distribution/config.yml"]);
  const probe = { tcpSocket: { port: "https" }, periodSeconds: 5 };
  return {
    metadata: { labels, annotations: { "kubeplay.dev/configuration": stamp } },
    spec: { ...rest, containers: containers.map((one) => ({ ...one, readinessProbe: probe })) },
  };
};

/**
 * Garbage may only be collected while no client pushes. The collecting pod needs the same port of the same host and has
 * a higher priority: the scheduler preempts the registry, and schedules it again once the port is free.
 */
const garbage = (options: Options): readonly Manifest[] => [
  {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name: priority },
    value: 1000,
    globalDefault: false,
    description: "Collects the registry's garbage while the registry is not there.",
  },
  {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "registry-garbage", namespace },
    spec: {
      schedule: options.schedule,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          activeDeadlineSeconds: 3600,
          template: {
            spec: {
              ...pod(options, ["garbage-collect", "/etc/distribution/config.yml"]),
              priorityClassName: priority,
              restartPolicy: "Never",
            },
          },
        },
      },
    },
  },
];

export function objects(options: Options): readonly Manifest[] {
  const { port, htpasswd, certificate, key } = options;
  const config = configuration(port);
  // The registry reads all of these only at its start.
  const stamp = createHash("sha256").update([config, htpasswd, certificate].join("\0")).digest("hex").slice(0, 16);
  return [
    // It listens on its node.
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: unrestricted } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { "config.yml": config } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace },
      stringData: { htpasswd, "tls.crt": certificate, "tls.key": key },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace, labels },
      spec: { selector: labels, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https" }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        // The old pod has the port and the folder.
        strategy: { type: "Recreate" },
        template: serving(options, stamp),
      },
    },
    ...garbage(options),
  ];
}
