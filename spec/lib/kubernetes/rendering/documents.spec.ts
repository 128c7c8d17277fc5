import { expect } from "chai";
import { manifestsIn } from "#kubernetes/rendering/documents.ts";

const motd = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: motd }\n";

describe("the objects of a YAML text", () => {
  it("are one per document, without empty documents", () =>
    expect(manifestsIn(`---\n# nothing\n---\n${motd}---\n${motd}`, "x")).to.have.length(2));

  it("include the items of lists", () => {
    const list = "apiVersion: v1\nkind: RoleList\nitems:\n  - { apiVersion: v1, kind: Role, metadata: { name: a } }\n";
    expect(manifestsIn(list, "x").map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.deep.equal(["Role a"]);
  });

  it("cannot be read from documents that are not objects, or from invalid YAML", () => {
    expect(() => manifestsIn("kind: Role\n", "a.yaml")).to.throw(/a\.yaml: .*"Role".* is not a Kubernetes object/);
    expect(() => manifestsIn("a: [", "a.yaml")).to.throw(/^a\.yaml: /);
  });
});
