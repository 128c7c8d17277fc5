import type { Component } from "./component.ts";
import { github } from "./words.ts";

const victoriaLogs = "github.com/VictoriaMetrics/VictoriaLogs";
const victoriaRelease = `${github}/VictoriaMetrics/VictoriaLogs/releases/download/v{version}`;

const victoria = (name: string, archive: string): Component => ({
  name,
  variable: "victoria_logs_version",
  binaries: [name],
  upstream: {
    archive: `${victoriaRelease}/${archive}-linux-{arch}-v{version}.tar.gz`,
    member: "{binary}-prod",
    checksum: `${victoriaRelease}/${archive}-linux-{arch}-v{version}_checksums.txt`,
  },
  build: {
    kind: "go",
    // Releases are not versions of the module, and the library that it names exists only in its own repository.
    requires: [
      `${victoriaLogs} v{victoria_logs_module_version}`,
      "github.com/VictoriaMetrics/VictoriaMetrics v{victoria_metrics_version}",
    ],
    packages: { [name]: `${victoriaLogs}/app/${name}` },
    stamps: { "github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version": `${name}-v{version}` },
  },
});

/** Addons that are one program, and the tools and charts that deploy them. */
export const addons: readonly Component[] = [
  {
    name: "helm",
    variable: "helm_version",
    binaries: ["helm"],
    onController: true,
    upstream: {
      archive: "https://get.helm.sh/helm-v{version}-linux-{arch}.tar.gz",
      member: "linux-{arch}/helm",
      checksum: "https://get.helm.sh/helm-v{version}-linux-{arch}.tar.gz.sha256sum",
    },
    build: {
      kind: "go",
      requires: ["helm.sh/helm/v4 v{version}"],
      packages: { helm: "helm.sh/helm/v4/cmd/helm" },
      stamps: { "helm.sh/helm/v4/internal/version.version": "v{version}" },
    },
  },
  {
    name: "metrics-server",
    variable: "metrics_server_version",
    binaries: ["metrics-server"],
    upstream: { image: "registry.k8s.io/metrics-server/metrics-server:v{version}", member: "{binary}" },
    build: {
      kind: "go",
      requires: ["sigs.k8s.io/metrics-server v{version}"],
      packages: { "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server" },
      stamps: { "k8s.io/client-go/pkg/version.gitVersion": "v{version}" },
    },
  },
  {
    // The chart has its own version number, but the source of each version of the program has one chart.
    name: "metrics-server-chart",
    variable: "metrics_server_version",
    binaries: ["metrics-server-chart"],
    onController: true,
    upstream: {
      tree: `${github}/kubernetes-sigs/metrics-server/archive/refs/tags/v{version}.tar.gz`,
      paths: { "metrics-server": "metrics-server-{version}/charts/metrics-server" },
    },
    build: {
      kind: "tree",
      module: "sigs.k8s.io/metrics-server v{version}",
      paths: { "metrics-server": "charts/metrics-server" },
    },
  },
  {
    name: "local-path-provisioner",
    variable: "local_path_provisioner_version",
    binaries: ["local-path-provisioner"],
    upstream: { image: "docker.io/rancher/local-path-provisioner:v{version}", member: "usr/bin/{binary}" },
    build: {
      kind: "go",
      requires: [
        "github.com/rancher/local-path-provisioner v{version}",
        // Its libraries are those of this module, which are newer, and which are compiled for Metrics Server anyway.
        "sigs.k8s.io/metrics-server v0.9.0",
      ],
      packages: { "local-path-provisioner": "github.com/rancher/local-path-provisioner" },
      stamps: { "main.VERSION": "v{version}" },
    },
  },
  victoria("victoria-logs", "victoria-logs"),
  victoria("vlagent", "vlutils"),
];
