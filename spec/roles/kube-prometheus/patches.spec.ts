import { expect } from "chai";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { etcdMonitor } from "#roles/kube-prometheus/control-plane.ts";
import { endpoints } from "#roles/kube-prometheus/on-hosts.ts";
import { adapterPatches, imagePatches, replicaPatches } from "#roles/kube-prometheus/patches.ts";
import { changed } from "#kubernetes/rendering/changes.ts";

const flags = [
  "--prometheus-config-reloader=reloader:1",
  "--watch-referenced-objects-in-all-namespaces=true",
  "--kubelet-endpoints=true",
];
const workload = (kind: string, name: string, ...containers: string[]): Manifest => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name, namespace: "monitoring" },
  spec: {
    replicas: 2,
    template: { spec: { containers: containers.map((name) => ({ name, image: "old:1", args: flags })) } },
  },
});
/** The parts that the patches use. */
const upstream = [
  workload("Deployment", "kube-state-metrics", "kube-state-metrics", "kube-rbac-proxy-main", "kube-rbac-proxy-self"),
  workload("DaemonSet", "node-exporter", "node-exporter", "kube-rbac-proxy"),
  workload("Deployment", "prometheus-operator", "prometheus-operator", "kube-rbac-proxy"),
  workload("Deployment", "prometheus-adapter", "prometheus-adapter"),
  workload("Deployment", "grafana", "grafana"),
  { apiVersion: "monitoring.coreos.com/v1", kind: "Prometheus", metadata: { name: "k8s" }, spec: {} },
  { apiVersion: "monitoring.coreos.com/v1", kind: "Alertmanager", metadata: { name: "main" }, spec: {} },
];
const versions = {
  alertmanager: "1.0.1",
  kubeRbacProxy: "1.0.2",
  kubeStateMetrics: "1.0.3",
  nodeExporter: "1.0.4",
  prometheus: "1.0.5",
  operator: "1.0.6",
  grafana: "1.0.8",
};

describe("the patches of kube-prometheus", () => {
  it("set every image to the version of its variable", () => {
    const patches = [...imagePatches(versions), ...adapterPatches({ version: "1.0.7", replicas: 1 })];
    const text = JSON.stringify(changed(upstream, { patches }, "x"));
    for (const version of [...Object.values(versions), "1.0.7"]) expect(text).to.contain(version);
    expect(text).not.to.contain("old:1");
  });

  it("change only the required flags of the operator", () => {
    const operator = changed(upstream, { patches: imagePatches(versions) }, "x")[2];
    expect(operator).to.have.deep.nested.property("spec.template.spec.containers[0].args", [
      "--prometheus-config-reloader=quay.io/prometheus-operator/prometheus-config-reloader:v1.0.6",
      "--watch-referenced-objects-in-all-namespaces=true",
      "--kubelet-endpoints=false",
      "--config-reloader-cpu-limit=0",
    ]);
  });

  it("check the names of containers: one that upstream has moved is an error", () => {
    const moved = upstream.map((one) =>
      one.metadata.name === "node-exporter"
        ? workload("DaemonSet", "node-exporter", "kube-rbac-proxy", "node-exporter")
        : one,
    );
    expect(() => changed(moved, { patches: imagePatches(versions) }, "x")).to.throw(
      /DaemonSet monitoring\/node-exporter/,
    );
  });

  it("set the numbers of replicas", () => {
    const patches = [
      ...replicaPatches({ prometheus: 2, alertmanager: 3 }),
      ...adapterPatches({ version: "1", replicas: 4 }),
    ];
    const found = changed(upstream, { patches }, "x");
    expect(found.find(({ kind }) => kind === "Prometheus")?.spec).to.include({ replicas: 2 });
    expect(found.find(({ kind }) => kind === "Alertmanager")?.spec).to.include({ replicas: 3 });
    expect(found.find(({ metadata }) => metadata.name === "prometheus-adapter")).to.have.nested.property(
      "spec.replicas",
      4,
    );
  });

  it("spread what exists twice over nodes, and leave alone what exists once", () => {
    const specs = (count: number) => {
      const found = changed(upstream, { patches: replicaPatches({ prometheus: count, alertmanager: count }) }, "x");
      return ["Prometheus", "Alertmanager"].map((wanted) => found.find(({ kind }) => kind === wanted)?.spec);
    };
    const labels = [{ prometheus: "k8s" }, { alertmanager: "main" }];
    for (const [index, spec] of specs(2).entries()) {
      expect(spec).to.have.nested.property("topologySpreadConstraints[0].whenUnsatisfiable", "DoNotSchedule");
      expect(spec).to.have.deep.nested.property(
        "topologySpreadConstraints[0].labelSelector.matchLabels",
        labels[index],
      );
    }
    for (const spec of specs(1)) expect(spec).to.deep.equal({ replicas: 1 });
  });
});

describe("monitors of programs on hosts", () => {
  it("have a Service with the label of the monitor, and every master's address", () => {
    const [service, slice] = endpoints({
      name: "etcd",
      port: 2379,
      scheme: "https",
      addresses: ["10.0.0.1", "10.0.0.2"],
    });
    expect(service?.metadata.labels).to.include({ "app.kubernetes.io/name": "etcd" });
    expect(slice?.metadata.labels).to.include({ "kubernetes.io/service-name": service?.metadata.name });
    expect((slice?.endpoints as { addresses: string[] }[]).map(({ addresses }) => addresses)).to.deep.equal([
      ["10.0.0.1"],
      ["10.0.0.2"],
    ]);
  });

  it("use etcd's port for metrics, without a client certificate", () => {
    expect(etcdMonitor.map(({ kind }) => kind)).to.deep.equal(["ServiceMonitor", "PrometheusRule"]);
    expect(etcdMonitor[0]).to.have.nested.property("spec.endpoints[0].scheme", "http");
  });
});
