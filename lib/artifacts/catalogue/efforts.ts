import type { Build, Component } from "./component.ts";

/**
 * The effort of a component: seconds of one processor to build it after those before it in the order of need, and the
 * size of the result in MB. Measured on two cores of an AMD EPYC with Kubernetes 1.37.2, and rounded: it is for
 * estimates that users see.
 */
const measured: Readonly<Record<string, readonly [seconds: number, megabytes: number]>> = {
  kubernetes: [720, 613],
  etcd: [70, 59],
  containerd: [130, 76],
  runc: [30, 11],
  "cni-plugins": [120, 28],
  pause: [1, 1],
  "lab-registry": [5, 23],
  cilium: [380, 331],
  "cilium-operator": [60, 111],
  hubble: [20, 74],
  "hubble-relay": [60, 70],
  "cilium-chart": [2, 1],
  "cilium-files": [2, 3],
  helm: [230, 67],
  coredns: [260, 75],
  "local-path-provisioner": [150, 50],
  // Of 220 s when it was the first to compile its libraries, which local-path-provisioner shares.
  "metrics-server": [90, 71],
  "metrics-server-chart": [1, 1],
  registry: [120, 56],
  "victoria-logs": [60, 15],
  vlagent: [30, 13],
  "kube-prometheus-manifests": [1, 1],
  prometheus: [560, 322],
  "prometheus-operator": [110, 72],
  "prometheus-config-reloader": [95, 41],
  // Its time is an estimate, by the size of what it compiles.
  alertmanager: [120, 54],
  "node-exporter": [130, 17],
  "kube-state-metrics": [190, 60],
  "prometheus-adapter": [160, 62],
  "kube-rbac-proxy": [330, 52],
  crictl: [70, 28],
  crane: [35, 12],
  agnhost: [10, 64],
  e2e: [900, 131],
  "sample-apiserver": [300, 60],
  nonewprivs: [2, 2],
  "e2e-image-files": [1, 1],
  busybox: [5, 2],
  bash: [5, 2],
  "cilium-root": [45, 346],
  "test-tools-root": [45, 97],
  "nginx-root": [30, 73],
};

/** For components that were never measured. */
const usual: Readonly<Record<Build["kind"], number>> = { go: 60, c: 1, tree: 1, debian: 5, "debian-root": 30 };

/** Seconds of one processor. */
export const effortOf = ({ name, build }: Component): number => measured[name]?.[0] ?? usual[build.kind];
export const megabytesOf = ({ name }: Component): number => measured[name]?.[1] ?? 20;

/** Go's programs in an archive or a layer. Measured: 28 % of kubelet to 36 % of etcd. */
const compressed = 0.32;

/** What a download of a component transfers, in MB: its programs as they are, or an archive or image of them. */
export const downloadOf = (component: Component): number =>
  megabytesOf(component) * (component.upstream && "file" in component.upstream ? 1 : compressed);

export const isMeasured = ({ name }: Component): boolean => name in measured;
