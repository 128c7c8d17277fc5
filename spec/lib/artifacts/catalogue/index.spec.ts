import { expect } from "chai";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { architectures, type Build, type Component } from "#artifacts/catalogue/component.ts";
import { artifactVariables, versionVariables } from "#artifacts/catalogue/variables.ts";
import { fill, want } from "#artifacts/catalogue/wanted.ts";

const versions = Object.fromEntries(
  Object.entries(versionVariables).map(([name, schema]) => [name, String("default" in schema ? schema.default : "")]),
);

/** Every text of an entry, at any depth. */
const textsIn = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];

/** The names of the files that a build makes; undefined if it is one file, named by the component. */
function madeBy(build: Build): string[] | undefined {
  switch (build.kind) {
    case "go":
      return Object.keys({ ...build.packages, ...build.tests });
    case "c":
      return [build.binary];
    case "debian":
      return Object.keys(build.files);
    case "tree":
    case "debian-root":
      return undefined;
  }
}

describe("the catalogue of artifacts", () => {
  for (const component of catalogue) {
    it(`fills in every placeholder of ${component.name}`, () => {
      for (const architecture of architectures) {
        const wanted = want(component, versions, architecture);
        for (const text of textsIn([component.upstream, component.build]))
          expect(fill(text, wanted, component.binaries[0])).not.to.match(/[{}]/);
      }
    });
    it(`makes exactly the files of ${component.name}`, () => {
      const made = madeBy(component.build);
      if (made) expect(made).to.have.members([...component.binaries]);
      else expect(component.binaries).to.have.length(1);
    });
  }

  it("has unique file names", () => {
    const binaries = catalogue.flatMap((component) => component.binaries);
    expect(new Set(binaries).size).to.equal(binaries.length);
  });

  const requires = (name: string, given: Readonly<Record<string, string>>): string | undefined => {
    const component: Component | undefined = catalogue.find((one) => one.name === name);
    if (component?.build.kind !== "go") throw new Error(`${name} is built by Go`);
    return component.build.requires.map((text) => fill(text, want(component, { ...versions, ...given }, "amd64")))[0];
  };
  it("takes Kubernetes' libraries at the same minor and patch version", () => {
    const kubernetes = catalogue.find(({ name }) => name === "kubernetes");
    if (kubernetes?.build.kind !== "go") throw new Error("kubernetes is built by Go");
    const wanted = want(kubernetes, { kubernetes_version: "1.37.2" }, "amd64");
    expect(fill(kubernetes.build.replace?.by ?? "", wanted)).to.equal("v0.37.2");
  });
  for (const [version, module] of [
    ["3.12.0", "v0.312.0"],
    ["3.5.1", "v0.305.1"],
  ] as const)
    it(`builds Prometheus ${version} from ${module} of its module`, () => {
      expect(requires("prometheus", { prometheus_version: version })).to.equal(
        `github.com/prometheus/prometheus ${module}`,
      );
    });

  it("takes its versions from declared variables", () => {
    expect(Object.keys(artifactVariables)).to.include.members(catalogue.map(({ variable }) => variable));
  });
});
