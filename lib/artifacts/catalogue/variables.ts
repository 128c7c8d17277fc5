import { Type } from "typebox";
import { catalogue } from "./index.ts";
import { architectures } from "./component.ts";
import { chosenSets } from "./sets.ts";

const version = (value: string, of: string) =>
  Type.String({
    default: value,
    pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+\\S*$",
    description: `Version of ${of}, without a "v".`,
  });

export const versionVariables = {
  kubernetes_version: version("1.37.2", "Kubernetes' programs"),
  etcd_version: version("3.7.3", "etcd"),
  containerd_version: version("2.4.2", "containerd, its shim and ctr"),
  runc_version: version("1.5.2", "runc, which starts containers; containerd is tested with it"),
  cni_plugins_version: version("1.9.1", "the plain CNI plugins"),
  coredns_version: version("1.14.6", "CoreDNS"),
  registry_version: version("3.1.2", "the image registry (distribution)"),
  crictl_version: version("1.36.0", "crictl"),
  crane_version: version("0.22.1", "crane, which extracts programs from images if upstream releases nothing else"),
  pause_version: version("3.10.2", "the program that holds a pod's namespaces"),
  helm_version: version("4.3.1", "helm, which renders charts on the controller"),
  cilium_version: version("1.19.7", "Cilium, its chart and Hubble's relay"),
  metrics_server_version: version("0.9.0", "Metrics Server (its chart comes from the same source)"),
  local_path_provisioner_version: version("0.0.30", "local-path-provisioner, which makes volumes on the nodes' disks"),
  kube_prometheus_version: version("0.18.0", "kube-prometheus's manifests"),
  prometheus_version: version("3.12.0", "Prometheus"),
  prometheus_operator_version: version("0.92.0", "the Prometheus operator and its config reloader"),
  alertmanager_version: version("0.33.0", "Alertmanager"),
  node_exporter_version: version("1.11.1", "node_exporter"),
  kube_state_metrics_version: version("2.19.1", "kube-state-metrics"),
  prometheus_adapter_version: version("0.12.0", "prometheus-adapter"),
  kube_rbac_proxy_version: version("0.22.1", "kube-rbac-proxy"),
  victoria_logs_version: version("1.51.0", "VictoriaLogs and its collector vlagent"),
  victoria_logs_module_version: version(
    "1.51.1-0.20260624061259-dc94972a8708",
    "the Go module that VictoriaLogs is built from (releases are not module versions)",
  ),
  victoria_metrics_version: version("1.148.8", "the Go module that VictoriaLogs is built with"),
  sample_apiserver_version: version("1.29.2", "the API server that Kubernetes' test suite aggregates"),
  grafana_version: version("13.0.2", "Grafana"),
  headlamp_version: version("0.45.0", "Headlamp, the dashboard"),
  lab_registry_version: version("2.8.3", "the lab's registry (the Debian release's version)"),
  busybox_version: version("1.37.0", "busybox (the Debian release's version)"),
  bash_version: version("5.2.37", "bash (the Debian release's version)"),
  debian_suite: Type.String({
    default: "trixie",
    pattern: "^[a-z]+$",
    description:
      "The name of the Debian release whose packages are used for images, and whose C libraries for builds of runc.",
  }),
  agnhost_image_version: version("2.66.1", "the image of agnhost, Kubernetes' test program"),
};

/** Debian's programs come from Debian's mirror. */
const released = catalogue.filter(({ upstream }) => upstream !== undefined);

export const artifactVariables = {
  ...versionVariables,
  artifact_source: Type.Enum(["auto", "upstream", "build", "directory"], {
    default: "auto",
    description: "Where binaries come from; auto is upstream, or build if upstream cannot be reached.",
  }),
  artifact_directory: Type.String({
    default: "",
    description:
      "For artifact_source directory: a folder with files <name>-<version>-linux-<arch> or <name>, and SHA256SUMS.",
  }),
  artifact_upstream_url: Type.String({
    default: "",
    description: "A mirror of all releases (<url>/github.com/…, <url>/dl.k8s.io/…), with their original paths.",
  }),
  artifact_upstream_urls: Type.Object(
    Object.fromEntries(released.map(({ name }) => [name, Type.Optional(Type.String())])),
    {
      default: {},
      additionalProperties: false,
      description: "Mirrors by component: each URL replaces the official scheme and host.",
    },
  ),
  artifact_debian_mirror: Type.String({
    default: "",
    pattern: "^(https?://[^\\s\"'\\\\]+)?$",
    description:
      "The mirror of Debian's packages for programs and images that the controller makes of them; that of its own apt if empty.",
  }),
  artifact_least_speed: Type.Integer({
    default: 1000,
    minimum: 0,
    description:
      "Bytes per second. A download that is slower for 30 s is interrupted, and continues with a new connection. 0 accepts any speed.",
  }),
  artifact_require_pins: Type.Boolean({
    default: false,
    description:
      "Refuse downloads whose digests no lock file has. Otherwise, they are pinned in .kubeplay/artifacts.lock.json when they are first seen.",
  }),
  artifact_verify_signatures: Type.Boolean({
    default: false,
    description:
      "Verify the signatures of downloads that the catalogue knows a signer of: Kubernetes and containerd. It needs rekor.sigstore.dev and tuf-repo-cdn.sigstore.dev.",
  }),
  artifact_trusted_root: Type.String({
    default: "",
    description:
      "For artifact_verify_signatures: a trusted_root.json of Sigstore on the controller; if empty, it is downloaded.",
  }),
  artifact_sets: Type.Array(Type.Enum(chosenSets), {
    default: [],
    description:
      "Programs, charts and images to get in addition to those of present addons: e2e is Kubernetes' own test suite.",
  }),
  artifact_components: Type.Array(Type.Enum(catalogue.map(({ name }) => name)), {
    default: [],
    description: "The components of the catalogue to get; if empty, those that the inventory's hosts run.",
  }),
  artifact_architectures: Type.Array(Type.Enum([...architectures]), {
    default: [],
    description: "The hosts' architectures; if empty, the controller's, for which its own programs are fetched anyway.",
  }),
  artifact_verify: Type.Boolean({
    default: false,
    description: "Hash the files in the cache again instead of only checking their sizes.",
  }),
};
