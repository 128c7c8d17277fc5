import type { Patch } from "kubeplay/kubernetes";
import { unrestricted } from "#cluster/pod-security.ts";
import { textfileFolder } from "#cluster/textfile.ts";
import { spread } from "#cluster/spread.ts";

const namespace = "monitoring";

export interface Versions {
  readonly alertmanager: string;
  readonly kubeRbacProxy: string;
  readonly kubeStateMetrics: string;
  readonly nodeExporter: string;
  readonly prometheus: string;
  readonly operator: string;
  readonly grafana: string;
}

export interface Replicas {
  readonly prometheus: number;
  readonly alertmanager: number;
}

/** Sets the image of the container at this place, if the container has this name. */
const image = (place: number, name: string, value: string) => [
  { op: "test" as const, path: `/spec/template/spec/containers/${String(place)}/name`, value: name },
  { op: "replace" as const, path: `/spec/template/spec/containers/${String(place)}/image`, value },
];

const proxy = ({ kubeRbacProxy }: Versions): string => `quay.io/brancz/kube-rbac-proxy:v${kubeRbacProxy}`;

/** Sets the versions of images to those of the variables. */
/** The node exporter reads its host. */
export const namespacePatch: Patch = {
  kind: "Namespace",
  name: namespace,
  patch: { metadata: { labels: unrestricted } },
};

export const imagePatches = (v: Versions): readonly Patch[] => [
  {
    kind: "Deployment",
    name: "kube-state-metrics",
    operations: [
      ...image(0, "kube-state-metrics", `registry.k8s.io/kube-state-metrics/kube-state-metrics:v${v.kubeStateMetrics}`),
      ...image(1, "kube-rbac-proxy-main", proxy(v)),
      ...image(2, "kube-rbac-proxy-self", proxy(v)),
    ],
  },
  {
    kind: "DaemonSet",
    name: "node-exporter",
    operations: [
      ...image(0, "node-exporter", `quay.io/prometheus/node-exporter:v${v.nodeExporter}`),
      ...image(1, "kube-rbac-proxy", proxy(v)),
    ],
  },
  {
    kind: "DaemonSet",
    name: "node-exporter",
    // It sees its host's files below /host/root.
    args: { container: "node-exporter", added: { "--collector.textfile.directory": `/host/root${textfileFolder}` } },
  },
  {
    kind: "Deployment",
    name: "prometheus-operator",
    operations: [
      ...image(0, "prometheus-operator", `quay.io/prometheus-operator/prometheus-operator:v${v.operator}`),
      ...image(1, "kube-rbac-proxy", proxy(v)),
    ],
  },
  {
    kind: "Deployment",
    name: "prometheus-operator",
    args: {
      container: "prometheus-operator",
      replaced: {
        "--prometheus-config-reloader": `quay.io/prometheus-operator/prometheus-config-reloader:v${v.operator}`,
        // Endpoints are deprecated: EndpointSlices have the same data.
        "--kubelet-endpoints": "false",
      },
      // With its limit of a hundredth of a core, the reloader is always throttled, which raises an alert.
      added: { "--config-reloader-cpu-limit": "0" },
    },
  },
  {
    kind: "Deployment",
    name: "grafana",
    operations: image(0, "grafana", `docker.io/grafana/grafana:${v.grafana}`),
  },
  {
    kind: "Prometheus",
    name: "k8s",
    patch: { spec: { image: `quay.io/prometheus/prometheus:v${v.prometheus}`, version: v.prometheus } },
  },
  {
    kind: "Alertmanager",
    name: "main",
    patch: { spec: { image: `quay.io/prometheus/alertmanager:v${v.alertmanager}`, version: v.alertmanager } },
  },
];

/** Seconds. */
export const evaluationPatches = (interval: number): readonly Patch[] => [
  { kind: "Prometheus", name: "k8s", patch: { spec: { evaluationInterval: `${interval}s` } } },
];

/** One label that all pods of the object have, and no other pods. */
const spreadPods = (kind: string, name: string, replicas: number): Patch => ({
  ...{ kind, name },
  patch: { spec: { replicas, ...(replicas > 1 && spread({ [kind.toLowerCase()]: name })) } },
});

export const replicaPatches = ({ prometheus, alertmanager }: Replicas): readonly Patch[] => [
  spreadPods("Prometheus", "k8s", prometheus),
  spreadPods("Alertmanager", "main", alertmanager),
];

/** prometheus-adapter serves metrics of pods and nodes, as Metrics Server does; an API has only one server. */
export const adapterFiles = "kube-prometheus/manifests/prometheusAdapter-*.yaml";

export const adapterPatches = ({ version, replicas }: { version: string; replicas: number }): readonly Patch[] => [
  {
    kind: "Deployment",
    name: "prometheus-adapter",
    operations: [
      ...image(0, "prometheus-adapter", `registry.k8s.io/prometheus-adapter/prometheus-adapter:v${version}`),
      { op: "replace", path: "/spec/replicas", value: replicas },
      {
        op: "add",
        path: "/spec/template/spec/topologySpreadConstraints",
        value: spread({ "app.kubernetes.io/name": "prometheus-adapter" }, { rollout: true }).topologySpreadConstraints,
      },
    ],
  },
];

/** It needs an extra image to reload its configuration, and nothing here probes web sites. */
export const except: readonly string[] = ["kube-prometheus/manifests/blackboxExporter-*.yaml"];

export { namespace };
