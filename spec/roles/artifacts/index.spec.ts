import { expect } from "chai";
import { artifactsAhead, artifactsFor } from "#roles/artifacts/index.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import type { ArtifactsProps } from "#artifacts/store/resource.ts";
import { imageSets, type ImageSet } from "#artifacts/catalogue/sets.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

/** A cluster with plain CNI plugins and no addons. */
const bare = {
  cni: "bridge",
  storage_state: "absent",
  metrics_server_state: "absent",
  logging_state: "absent",
  dashboard_state: "absent",
  kube_prometheus_state: "absent",
};
const real = { masters: { hosts: hosts("cp-1") }, nodes: { hosts: hosts("worker-1") }, all: { vars: bare } };
const ofHosts = ["kubernetes", "etcd", "containerd", "runc", "cni-plugins"];
const ofEveryCluster = [...ofHosts, "crictl"];

const gets = (inventory: object, ...extraVars: string[]): readonly string[] => {
  const tasks = tasksOf(artifactsAhead, { inventory, host: "localhost", extraVars });
  expect(tasks, "one task starts all of them").to.have.length(1);
  return (tasks[0]?.props as ArtifactsProps).components;
};
/** The components that the plays wait for, each for those of its own set. */
const waitsFor = (set: ImageSet, inventory: object, ...extraVars: string[]): readonly string[] =>
  tasksOf(artifactsFor(set), { inventory, host: "localhost", extraVars }).flatMap(
    ({ props }) => (props as ArtifactsProps).components,
  );

describe("the role artifacts", () => {
  it("gets the programs of the hosts, and no artifacts of images, for your own machines", () => {
    expect(gets(real)).to.have.members(ofEveryCluster);
  });

  it("refuses a mirror of a component that does not exist, and names the nearest", () => {
    const set = (component: string) => () =>
      gets(real, JSON.stringify({ artifact_upstream_urls: { [component]: "https://mirror.example" } }));
    expect(set("kubernetse")).to.throw('unknown key kubernetse in artifact_upstream_urls; did you mean "kubernetes"?');
    expect(set("kubernetes")).not.to.throw();
  });

  const lab = (vars: object): object => ({
    ...real,
    all: { vars },
    lab: { children: { masters: null, nodes: null }, vars: { images_registry: "10.0.0.2:5000" } },
  });
  const ofBase = ["pause", "coredns", "agnhost", "test-tools-root", "e2e-image-files"];

  it("gets the lab's registry and the artifacts of its images", () => {
    expect(gets(lab(bare))).to.have.members([...ofEveryCluster, "lab-registry", ...ofBase]);
  });

  it("gets the whole catalogue for a lab with everything", () => {
    const everything = { registry_state: "present", cilium_hubble_relay: true, artifact_sets: ["e2e"] };
    // crane is fetched if upstream provides programs in images.
    expect([...gets(lab(everything)), "crane", "prometheus-adapter"]).to.have.members(
      catalogue.map(({ name }) => name),
    );
  });

  it("gets prometheus-adapter only if it serves the metrics API, because Metrics Server is absent", () => {
    const adapter = (vars: object) => gets(lab({ ...bare, kube_prometheus_state: "present", ...vars }));
    expect(adapter({})).to.include("prometheus-adapter");
    expect(adapter({ metrics_server_state: "present" })).not.to.include("prometheus-adapter");
    expect(gets(lab(bare))).not.to.include("prometheus-adapter");
  });

  it("gets no lab registry for your own registry, but the artifacts of its images", () => {
    const registry = (vars: object) => ({ vars: { ...bare, images_registry: "registry.example:5000", ...vars } });
    const made = { ...real, all: registry({ images_source: "build" }) };
    expect(gets(made)).to.have.members([...ofEveryCluster, ...ofBase]);
    const copied = { ...real, all: registry({}) };
    expect(gets(copied), "crane copies the official ones").to.have.members([...ofEveryCluster, "crane"]);
    expect(gets(copied, "artifact_source=directory"), "a bundle has them").to.have.members(ofEveryCluster);
  });

  it("gets only tools and charts for images from public registries", () => {
    expect(gets({ ...real, all: {} })).to.have.members([
      ...ofEveryCluster,
      "helm",
      "cilium-chart",
      "metrics-server-chart",
      "kube-prometheus-manifests",
    ]);
  });

  it("gets artifacts for artifact_architectures, or for the controller's architecture if that is empty", () => {
    const architectures = (...extraVars: string[]): unknown =>
      tasksOf(artifactsAhead, { inventory: real, host: "localhost", extraVars })[0]?.props;
    expect(architectures()).to.deep.include({ architectures: [ownArchitecture], controller: ownArchitecture });
    expect(architectures('{"artifact_architectures": ["amd64", "arm64"]}')).to.deep.include({
      architectures: ["amd64", "arm64"],
      controller: ownArchitecture,
    });
  });

  it("gets exactly the components that are requested by name", () => {
    const named = '{"artifact_components": ["etcd"]}';
    expect(gets(real, named)).to.deep.equal(["etcd"]);
    expect(imageSets.flatMap((set) => waitsFor(set, real, named))).to.deep.equal(["etcd"]);
  });

  it("starts in the order of need: the programs of the hosts, then their network, then the rest", () => {
    const order = gets(lab({}));
    const place = (name: string): number => order.indexOf(name);
    expect(order[0]).to.equal("kubernetes");
    expect(place("etcd")).to.be.lessThan(place("cilium"));
    expect(place("cilium")).to.be.lessThan(place("coredns"));
    expect(place("coredns")).to.be.lessThan(place("prometheus"));
  });

  it("makes each play wait only for components that it uses, and leaves out none", () => {
    const everything = lab({ registry_state: "present", artifact_sets: ["e2e"] });
    expect(waitsFor("base", everything)).to.have.members([...ofHosts, "lab-registry", "pause"]);
    expect(waitsFor("dns", everything)).to.deep.equal(["coredns"]);
    expect(waitsFor("monitoring", lab(bare))).to.deep.equal([]);
    expect([...new Set(imageSets.flatMap((set) => waitsFor(set, everything)))]).to.have.members(gets(everything));
  });

  it("gets the image of a node's DNS cache before the nodes, if it is enabled", () => {
    expect(waitsFor("node-local-dns", lab({ ...bare, node_local_dns: true }))).to.deep.equal(["coredns"]);
    expect(waitsFor("node-local-dns", lab(bare))).to.deep.equal([]);
  });
});
