import { expect } from "chai";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import type { ImageSet } from "#artifacts/catalogue/sets.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { contentsFor, lacksOf } from "#programs/bundle/contents.ts";
import { recipesFor } from "#artifacts/images/recipes.ts";

const versions = Object.fromEntries(
  Object.entries(versionVariables).map(([name, schema]) => [name, String("default" in schema ? schema.default : "")]),
);

describe("the contents of a bundle", () => {
  const made = (sets: readonly ImageSet[], architectures: readonly Architecture[]) =>
    contentsFor(
      { lab: false, sets, versions, images: { recipes: recipesFor(sets, versions, architectures) } },
      architectures,
      "amd64",
    );

  it("are the programs of every host; those of images are in the images only", () => {
    const { artifacts, components } = made(["base", "logging", "samples"], ["amd64"]);
    expect(artifacts).to.include.members(["kubelet@1.37.2/amd64", "etcd@3.7.3/amd64"]);
    expect(artifacts).not.to.include("vlagent@1.51.0/amd64").and.not.to.include("cilium-chart@1.19.7/amd64");
    expect(components).to.include.members(["kubernetes", "vlagent", "test-tools-root"]);
  });
  it("are complete for the hosts' architecture, and limited to the controller's components for its own", () => {
    const { artifacts } = made(["base", "cilium"], ["arm64"]);
    expect(artifacts).to.include.members(["kubelet@1.37.2/arm64", "kubeadm@1.37.2/amd64", "cilium-chart@1.19.7/amd64"]);
    expect(artifacts).not.to.include("etcd@3.7.3/amd64");
  });
  it("need crane, and no programs of images, if the official images are copied", () => {
    const images = { official: [{ host: "registry.k8s.io", repository: "pause", tag: "3.10.2" }] };
    const { components, artifacts } = contentsFor({ lab: false, sets: ["base"], versions, images }, ["amd64"], "amd64");
    expect(components).to.include("crane").and.not.to.include("pause");
    expect(artifacts.filter((name) => name.startsWith("crane"))).to.deep.equal([]);
  });
  it("are refused if an image cannot be made", () => {
    expect(lacksOf([], { cni: "cilium", cilium_l7_proxy: true })[0]).to.contain("set cilium_l7_proxy: false");
    expect(lacksOf([], { cni: "cilium", cilium_l7_proxy: false })).to.deep.equal([]);
    const standIns = [{ name: "docker.io/grafana/grafana:13.0.2", reason: "it is no Go module" }];
    expect(lacksOf(standIns, { cni: "bridge", cilium_l7_proxy: true })).to.deep.equal([
      "docker.io/grafana/grafana:13.0.2 cannot be made: it is no Go module",
    ]);
  });
});
