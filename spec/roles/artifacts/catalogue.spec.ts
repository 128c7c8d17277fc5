import { expect } from "chai";
import { architectures, catalogue } from "#roles/artifacts/catalogue.ts";
import { artifactVariables, versionVariables } from "#roles/artifacts/variables.ts";
import { fill, want } from "#roles/artifacts/wanted.ts";

const versions = Object.fromEntries(
  Object.entries(versionVariables).map(([name, schema]) => [name, String("default" in schema ? schema.default : "")]),
);

describe("the catalogue of artifacts", () => {
  for (const component of catalogue) {
    it(`fills in every placeholder of ${component.name}`, () => {
      for (const architecture of architectures) {
        const wanted = want(component, versions, architecture);
        const texts = [
          ...Object.values<string>({ ...component.upstream }),
          ...(component.build.language === "go" ? component.build.requires : []),
        ];
        for (const text of texts) expect(fill(text, wanted, component.binaries[0])).not.to.match(/[{}]/);
      }
    });
    it(`builds exactly the binaries of ${component.name}`, () => {
      const { build } = component;
      expect(build.language === "go" ? Object.keys(build.packages) : [build.binary]).to.have.members([
        ...component.binaries,
      ]);
    });
  }

  it("has no binary twice", () => {
    const binaries = catalogue.flatMap((component) => component.binaries);
    expect(new Set(binaries).size).to.equal(binaries.length);
  });

  it("takes Kubernetes' libraries at its own minor and patch", () => {
    const kubernetes = catalogue.find(({ name }) => name === "kubernetes");
    if (kubernetes?.build.language !== "go") throw new Error("kubernetes is built by Go");
    const wanted = want(kubernetes, { kubernetes_version: "1.37.2" }, "amd64");
    expect(fill(kubernetes.build.replace?.by ?? "", wanted)).to.equal("v0.37.2");
  });

  it("names its versions by declared variables", () => {
    expect(Object.keys(artifactVariables)).to.include.members(catalogue.map(({ variable }) => variable));
  });
});
