import { expect } from "chai";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { imageSets, type ImageSet } from "#artifacts/catalogue/sets.ts";
import type { ImagesProps } from "#artifacts/images/image-set.ts";
import { imagesFor } from "#roles/images/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: hosts("master-1"), vars: { images_registry: "registry:5000" } } };

const makes = (set: ImageSet, extraVars: object, of: object = inventory): ImagesProps[] =>
  tasksOf(imagesFor(set), { inventory: of, host: "localhost", extraVars: [JSON.stringify(extraVars)] }).map(
    ({ props }) => props as ImagesProps,
  );

describe("the role images", () => {
  it("makes images for the hosts' architecture, by the first master's variables", () => {
    const architecture = ownArchitecture === "arm64" ? "amd64" : "arm64";
    const [made, ...others] = makes("base", { artifact_architectures: [architecture] });
    expect(others).to.deep.equal([]);
    expect(made?.registry).to.equal("registry:5000");
    expect(new Set(made?.recipes.map((recipe) => recipe.architecture))).to.deep.equal(new Set([architecture]));
  });

  it("makes no images if the hosts use public registries", () => {
    expect(makes("base", {}, { masters: { hosts: hosts("master-1") } })).to.deep.equal([]);
  });

  it("makes an image that several sets have only with the first of them", () => {
    const vars = { node_local_dns: true, artifact_sets: ["e2e"] };
    const repositories = (set: ImageSet) =>
      makes(set, vars).flatMap(({ recipes }) => recipes.map((one) => one.repository));
    expect(repositories("node-local-dns")).to.deep.equal(["coredns/coredns"]);
    expect(repositories("dns")).to.deep.equal([]);
    expect(repositories("samples")).to.deep.equal(["e2e-test-images/agnhost"]);
    expect(repositories("e2e")).to.include("e2e-test-images/nautilus").and.not.to.include("e2e-test-images/agnhost");
  });

  it("makes only the images of the wanted addons", () => {
    const states = { metrics_server_state: "absent", dashboard_state: "absent", kube_prometheus_state: "absent" };
    const all = imageSets.flatMap((set) => makes(set, { cni: "bridge", ...states }));
    const recipes = all.flatMap((made) => made.recipes);
    expect(recipes.map(({ repository }) => repository)).to.have.members([
      ...["pause", "coredns/coredns", "victoriametrics/victoria-logs", "victoriametrics/vlagent"],
      "e2e-test-images/agnhost",
    ]);
  });
});
