import { expect } from "chai";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { contentsFor, lackOf } from "#programs/bundle/contents.ts";
import { imageName } from "#artifacts/images/recipe.ts";

const versions = Object.fromEntries(
  Object.entries(versionVariables).map(([name, schema]) => [name, String("default" in schema ? schema.default : "")]),
);

describe("the contents of a bundle", () => {
  it("are the programs of every host, and the images with their artifacts", () => {
    const sets = ["base", "logging", "samples"] as const;
    const { artifacts, recipes } = contentsFor({ lab: false, sets, versions }, ["amd64"], "amd64");
    expect(artifacts).to.include.members(["kubelet@1.37.2/amd64", "vlagent@1.51.0/amd64"]);
    expect(artifacts.filter((name) => name.startsWith("test-tools-root-"))).to.have.length(1);
    expect(artifacts).not.to.include("registry@3.1.2/amd64").and.not.to.include("cilium-chart@1.19.7/amd64");
    expect(recipes.map(imageName)).to.include("docker.io/victoriametrics/vlagent:v1.51.0");
  });
  it("are complete for the hosts' architecture, and limited to the controller's components for its own", () => {
    const { artifacts, recipes } = contentsFor({ lab: false, sets: ["base", "cilium"], versions }, ["arm64"], "amd64");
    expect(artifacts).to.include.members(["kubelet@1.37.2/arm64", "kubeadm@1.37.2/amd64", "cilium-chart@1.19.7/amd64"]);
    expect(artifacts).not.to.include("etcd@3.7.3/amd64");
    expect(new Set(recipes.map(({ architecture }) => architecture))).to.deep.equal(new Set(["arm64"]));
  });
  it("are refused if Cilium's proxy needs an image that cannot be made", () => {
    expect(lackOf({ cni: "cilium", cilium_l7_proxy: true })).to.contain("set cilium_l7_proxy: false");
    expect(lackOf({ cni: "cilium", cilium_l7_proxy: false })).to.equal(undefined);
    expect(lackOf({ cni: "bridge", cilium_l7_proxy: true })).to.equal(undefined);
  });
});
