import { expect } from "chai";
import { artifactsAhead, artifactsFor } from "#roles/artifacts/index.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import type { ArtifactsProps } from "#artifacts/store/resource.ts";
import { imageSets, type ImageSet } from "#artifacts/catalogue/sets.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

/** A cluster with its own network and nothing beside. */
const bare = {
  cni: "bridge",
  metrics_server_state: "absent",
  logging_state: "absent",
  dashboard_state: "absent",
  kube_prometheus_state: "absent",
};
const real = { masters: { hosts: hosts("cp-1") }, nodes: { hosts: hosts("worker-1") }, all: { vars: bare } };
const ofHosts = ["kubernetes", "etcd", "containerd", "cni-plugins"];
const ofEveryCluster = [...ofHosts, "crictl"];

const gets = (inventory: object, ...extraVars: string[]): readonly string[] => {
  const tasks = tasksOf(artifactsAhead, { inventory, host: "localhost", extraVars });
  expect(tasks, "one task begins with all of it").to.have.length(1);
  return (tasks[0]?.props as ArtifactsProps).components;
};
/** What the plays wait for, each for its own. */
const waitsFor = (set: ImageSet, inventory: object, ...extraVars: string[]): readonly string[] =>
  tasksOf(artifactsFor(set), { inventory, host: "localhost", extraVars }).flatMap(
    ({ props }) => (props as ArtifactsProps).components,
  );

describe("the role artifacts", () => {
  it("gets for machines of one's own what they run, and nothing to make images of", () => {
    expect(gets(real)).to.have.members(ofEveryCluster);
  });

  const lab = (vars: object): object => ({
    ...real,
    all: { vars },
    lab: { children: { masters: null, nodes: null }, vars: { images_registry: "10.0.0.2:5000" } },
  });
  const ofBase = ["pause", "coredns", "agnhost", "test-tools-root", "e2e-image-files"];

  it("gets for the lab its registry, and what its images are made of", () => {
    expect(gets(lab(bare))).to.have.members([...ofEveryCluster, "lab-registry", ...ofBase]);
  });

  it("gets for a lab with everything the whole catalogue", () => {
    const everything = { registry_state: "present", cilium_hubble_relay: true, artifact_sets: ["e2e"] };
    // crane comes where upstream gives programs in images.
    expect([...gets(lab(everything)), "crane"]).to.have.members(catalogue.map(({ name }) => name));
  });

  it("gets for a registry of one's own only what its images are made of", () => {
    const registry = { vars: { ...bare, images_registry: "registry.example:5000" } };
    expect(gets({ ...real, all: registry })).to.have.members([...ofEveryCluster, ...ofBase]);
  });

  it("gets for images of the world's registries only what deploys them", () => {
    expect(gets({ ...real, all: {} })).to.have.members([
      ...ofEveryCluster,
      "helm",
      "cilium-chart",
      "metrics-server-chart",
      "kube-prometheus-manifests",
    ]);
  });

  it("gets it for the architectures that the hosts are said to have, else for the controller's own", () => {
    const architectures = (...extraVars: string[]): unknown =>
      tasksOf(artifactsAhead, { inventory: real, host: "localhost", extraVars })[0]?.props;
    expect(architectures()).to.deep.include({ architectures: [ownArchitecture], controller: ownArchitecture });
    expect(architectures('{"artifact_architectures": ["amd64", "arm64"]}')).to.deep.include({
      architectures: ["amd64", "arm64"],
      controller: ownArchitecture,
    });
  });

  it("gets exactly what is asked for by name", () => {
    const named = '{"artifact_components": ["etcd"]}';
    expect(gets(real, named)).to.deep.equal(["etcd"]);
    expect(imageSets.flatMap((set) => waitsFor(set, real, named))).to.deep.equal(["etcd"]);
  });

  it("begins in the order of need: what the hosts run, then their network, then all else", () => {
    const order = gets(lab({}));
    const place = (name: string): number => order.indexOf(name);
    expect(order[0]).to.equal("kubernetes");
    expect(place("etcd")).to.be.lessThan(place("cilium"));
    expect(place("cilium")).to.be.lessThan(place("coredns"));
    expect(place("coredns")).to.be.lessThan(place("prometheus"));
  });

  it("lets no play wait for what it does not use, and leaves nothing out", () => {
    const everything = lab({ registry_state: "present", artifact_sets: ["e2e"] });
    expect(waitsFor("base", everything)).to.have.members([...ofHosts, "lab-registry", "pause"]);
    expect(waitsFor("dns", everything)).to.deep.equal(["coredns"]);
    expect(waitsFor("monitoring", lab(bare))).to.deep.equal([]);
    expect([...new Set(imageSets.flatMap((set) => waitsFor(set, everything)))]).to.have.members(gets(everything));
  });

  it("has the image of a node's DNS cache before the nodes, where there is to be one", () => {
    expect(waitsFor("node-local-dns", lab({ ...bare, node_local_dns: true }))).to.deep.equal(["coredns"]);
    expect(waitsFor("node-local-dns", lab(bare))).to.deep.equal([]);
  });
});
