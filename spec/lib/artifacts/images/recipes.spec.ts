import { expect } from "chai";
import { artifactsOf, imageName, type Recipe } from "#artifacts/images/recipe.ts";
import { allRecipes, recipesFor } from "#artifacts/images/recipes.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";

const versions = Object.fromEntries(
  Object.entries(versionVariables).map(([name, schema]) => [name, String("default" in schema ? schema.default : "")]),
);
const all = allRecipes(versions, ["amd64"]);
const names = (recipes: readonly Recipe[]): string[] => recipes.map(imageName);

describe("the recipes of images", () => {
  it("contain the images of every cluster and its specs, for a cluster without addons", () => {
    expect(names(recipesFor(["base", "dns", "samples"], versions, ["amd64"]))).to.deep.equal([
      "registry.k8s.io/pause:3.10.2",
      "registry.k8s.io/coredns/coredns:v1.14.6",
      "registry.k8s.io/e2e-test-images/agnhost:2.66.1,2.55",
    ]);
  });
  it("contain the images that Cilium's chart names", () => {
    expect(names(recipesFor(["cilium", "hubble-relay"], versions, ["amd64"]))).to.include.members([
      "quay.io/cilium/cilium:v1.19.7",
      "quay.io/cilium/operator-generic:v1.19.7",
      "quay.io/cilium/hubble-relay:v1.19.7",
    ]);
  });
  it("contain stand-ins only for Grafana and Headlamp", () => {
    const standIns = all.filter(({ standIn }) => standIn !== undefined);
    expect(names(standIns)).to.deep.equal([
      "docker.io/grafana/grafana:13.0.2",
      "ghcr.io/headlamp-k8s/headlamp:v0.45.0",
    ]);
  });
  it("run CoreDNS as the user of the official image, who may listen at port 53", () => {
    const [coredns] = all.filter(({ repository }) => repository === "coredns/coredns");
    expect(coredns).to.deep.include({ user: "65532:65532", capabilities: { "/coredns": ["NET_BIND_SERVICE"] } });
  });
  it("have unique names", () => {
    const references = all.flatMap((recipe) => recipe.tags.map((tag) => `${recipe.repository}:${tag}`));
    expect(new Set(references).size, "one registry has them all, regardless of their hosts").to.equal(
      references.length,
    );
  });
  for (const recipe of all.filter(({ base }) => base !== undefined))
    it(`do not replace a link of the root file system of ${recipe.repository}`, () => {
      // /bin, /sbin and /lib of Debian are links: a layer that has them as folders would hide the links' targets.
      const paths = [...Object.keys(recipe.files), ...Object.keys(recipe.links ?? {}), ...(recipe.scratch ?? [])];
      for (const path of paths) expect(path).not.to.match(/^\/(s?bin|lib\d*)\/|^\/var\/run\//);
    });
  it("use only artifacts of the hosts' architecture", () => {
    for (const artifact of allRecipes(versions, ["arm64"]).flatMap(artifactsOf)) expect(artifact).to.match(/\/arm64$/);
  });
});
