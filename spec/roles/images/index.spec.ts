import { expect } from "chai";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { imageSets, type ImageSet } from "#artifacts/catalogue/sets.ts";
import type { ImageCopiesProps } from "#artifacts/images/image-copies.ts";
import type { ImagesProps } from "#artifacts/images/image-set.ts";
import { imageName } from "#artifacts/images/recipe.ts";
import { imagesFor } from "#roles/images/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const master = (vars: object) => ({ masters: { hosts: hosts("master-1"), vars } });
const inventory = master({ images_registry: "registry:5000", images_source: "build" });

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

  it("copies the official images into your own registry, unless they are to be made", () => {
    const own = master({ images_registry: "https://r:5000", images_registry_ca: "/etc/ca.pem" });
    const copied = (set: ImageSet, extraVars: object = {}) =>
      makes(set, extraVars, own).map((props) => props as unknown as ImageCopiesProps);
    const [base] = copied("base");
    expect(base).to.deep.equal({
      registry: "https://r:5000",
      ca: "/etc/ca.pem",
      images: [{ host: "registry.k8s.io", repository: "pause", tag: "3.10.2" }],
      from: { crane: `crane@0.22.1/${ownArchitecture}` },
    });
    const names = (extraVars: object) => copied("cilium", extraVars)[0]?.images.map(({ repository }) => repository);
    expect(names({ cilium_l7_proxy: false })).to.deep.equal(["cilium/cilium", "cilium/operator-generic"]);
    expect(names({})).to.include("cilium/cilium-envoy");
    const bundled = copied("base", { artifact_source: "directory", artifact_directory: "/media/bundle" });
    expect(bundled[0]?.from).to.deep.equal({ layout: "/media/bundle/images" });
  });

  it("makes stand-ins in the lab only", () => {
    const dashboard = (of: object) => makes("dashboard", {}, of).flatMap(({ recipes }) => recipes.map(imageName));
    expect(dashboard(inventory)).to.deep.equal([]);
    expect(dashboard({ ...inventory, lab: { children: { masters: null } } })).to.have.length(1);
  });

  it("makes only the images of the wanted addons", () => {
    const absent = ["storage", "metrics_server", "dashboard", "kube_prometheus"].map((name) => [
      `${name}_state`,
      "absent",
    ]);
    const states = Object.fromEntries(absent) as object;
    const all = imageSets.flatMap((set) => makes(set, { cni: "bridge", ...states }));
    const recipes = all.flatMap((made) => made.recipes);
    expect(recipes.map(({ repository }) => repository)).to.have.members([
      ...["pause", "coredns/coredns", "victoriametrics/victoria-logs", "victoriametrics/vlagent"],
      "e2e-test-images/agnhost",
    ]);
  });
});
