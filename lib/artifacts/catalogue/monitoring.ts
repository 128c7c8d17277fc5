import type { Component } from "./component.ts";
import { github } from "./words.ts";

/** Prometheus' programs read their version from one place. */
const stamps = { "github.com/prometheus/common/version.Version": "{version}" };

const promRelease = (repository: string, name: string) => ({
  archive: `${github}/${repository}/releases/download/v{version}/${name}-{version}.linux-{arch}.tar.gz`,
  member: `${name}-{version}.linux-{arch}/{binary}`,
  checksum: `${github}/${repository}/releases/download/v{version}/sha256sums.txt`,
});
const noPages = `<!doctype html>
<title>Alertmanager</title>
<p>This Alertmanager has no web pages: it was built from its Go module, which lacks them. Its API is complete, and amtool
shows alerts and silences: <code>amtool --alertmanager.url=http://localhost:9093 alert</code>.
`;
const operator = "github.com/prometheus-operator/prometheus-operator";

const operatorPart = (name: string, folder: string, binary: string): Component => ({
  name,
  variable: "prometheus_operator_version",
  binaries: [name],
  upstream: { image: `quay.io/prometheus-operator/${name}:v{version}`, member: `bin/${binary}` },
  build: {
    kind: "go",
    // Its libraries are separate modules in the same repository, with the same versions.
    requires: [
      `${operator} v{version}`,
      `${operator}/pkg/apis/monitoring v{version}`,
      `${operator}/pkg/client v{version}`,
    ],
    packages: { [name]: `${operator}/cmd/${folder}` },
    stamps,
  },
});

/** kube-prometheus, and the programs that its manifests run. */
export const monitoring: readonly Component[] = [
  {
    name: "kube-prometheus-manifests",
    variable: "kube_prometheus_version",
    binaries: ["kube-prometheus-manifests"],
    onController: true,
    upstream: {
      tree: `${github}/prometheus-operator/kube-prometheus/archive/refs/tags/v{version}.tar.gz`,
      paths: { "kube-prometheus/manifests": "kube-prometheus-{version}/manifests" },
    },
    build: {
      kind: "tree",
      module: "github.com/prometheus-operator/kube-prometheus v{version}",
      paths: { "kube-prometheus/manifests": "manifests" },
    },
  },
  {
    name: "prometheus",
    variable: "prometheus_version",
    binaries: ["prometheus", "promtool"],
    upstream: promRelease("prometheus/prometheus", "prometheus"),
    build: {
      kind: "go",
      // Version 3.12.0 is the module's v0.312.0. The module does not contain the web pages.
      requires: ["github.com/prometheus/prometheus v0.{major}{minor2}.{patch}"],
      packages: {
        prometheus: "github.com/prometheus/prometheus/cmd/prometheus",
        promtool: "github.com/prometheus/prometheus/cmd/promtool",
      },
      stamps,
    },
  },
  operatorPart("prometheus-operator", "operator", "operator"),
  operatorPart("prometheus-config-reloader", "prometheus-config-reloader", "prometheus-config-reloader"),
  {
    name: "alertmanager",
    variable: "alertmanager_version",
    binaries: ["alertmanager", "amtool"],
    upstream: promRelease("prometheus/alertmanager", "alertmanager"),
    build: {
      kind: "go",
      requires: ["github.com/prometheus/alertmanager v{version}"],
      packages: {
        alertmanager: "github.com/prometheus/alertmanager/cmd/alertmanager",
        amtool: "github.com/prometheus/alertmanager/cmd/amtool",
      },
      stamps,
      // Its module lacks the built web pages that it embeds, and does not compile without them.
      stubs: {
        module: "github.com/prometheus/alertmanager v{version}",
        files: { "ui/app/dist/index.html.gz": noPages },
      },
    },
  },
  {
    name: "node-exporter",
    variable: "node_exporter_version",
    binaries: ["node_exporter"],
    upstream: promRelease("prometheus/node_exporter", "node_exporter"),
    build: {
      kind: "go",
      requires: ["github.com/prometheus/node_exporter v{version}"],
      packages: { node_exporter: "github.com/prometheus/node_exporter" },
      stamps,
    },
  },
  {
    name: "kube-state-metrics",
    variable: "kube_state_metrics_version",
    binaries: ["kube-state-metrics"],
    upstream: { image: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v{version}", member: "{binary}" },
    build: {
      kind: "go",
      requires: ["k8s.io/kube-state-metrics/v2 v{version}"],
      repeats: "k8s.io/kube-state-metrics/v2 v{version}",
      packages: { "kube-state-metrics": "k8s.io/kube-state-metrics/v2" },
      stamps: { "github.com/prometheus/common/version.Version": "v{version}" },
    },
  },
  {
    name: "prometheus-adapter",
    variable: "prometheus_adapter_version",
    binaries: ["prometheus-adapter"],
    upstream: { image: "registry.k8s.io/prometheus-adapter/prometheus-adapter:v{version}", member: "adapter" },
    build: {
      kind: "go",
      requires: ["sigs.k8s.io/prometheus-adapter v{version}"],
      packages: { "prometheus-adapter": "sigs.k8s.io/prometheus-adapter/cmd/adapter" },
    },
  },
  {
    name: "kube-rbac-proxy",
    variable: "kube_rbac_proxy_version",
    binaries: ["kube-rbac-proxy"],
    upstream: { image: "quay.io/brancz/kube-rbac-proxy:v{version}", member: "usr/local/bin/{binary}" },
    build: {
      kind: "go",
      requires: ["github.com/brancz/kube-rbac-proxy v{version}"],
      packages: { "kube-rbac-proxy": "github.com/brancz/kube-rbac-proxy/cmd/kube-rbac-proxy" },
      stamps: { "k8s.io/component-base/version.gitVersion": "v{version}" },
    },
  },
];
