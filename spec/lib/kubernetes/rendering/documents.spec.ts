import { expect } from "chai";
import { manifestsIn } from "#kubernetes/rendering/documents.ts";

const motd = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: motd }\n";

describe("objects in YAML", () => {
  it("are as many as there are documents; an empty one is none", () =>
    expect(manifestsIn(`---\n# nothing\n---\n${motd}---\n${motd}`, "x")).to.have.length(2));

  it("are taken out of lists", () => {
    const list = "apiVersion: v1\nkind: RoleList\nitems:\n  - { apiVersion: v1, kind: Role, metadata: { name: a } }\n";
    expect(manifestsIn(list, "x").map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.deep.equal(["Role a"]);
  });

  it("are refused where they are none, or no YAML", () => {
    expect(() => manifestsIn("kind: Role\n", "a.yaml")).to.throw(/a\.yaml: .*"Role".* is no object of Kubernetes/);
    expect(() => manifestsIn("a: [", "a.yaml")).to.throw(/^a\.yaml: /);
  });
});
