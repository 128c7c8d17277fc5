import { expect } from "chai";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { changed } from "#kubernetes/rendering/changes.ts";

const object = (kind: string, name: string, rest: object = {}, namespace?: string): Manifest => ({
  apiVersion: "v1",
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  ...rest,
});
const deployment = object("Deployment", "web", {
  spec: { replicas: 1, strategy: { type: "Recreate" }, containers: [{ name: "web", args: ["-a"] }] },
});
const specOf = (objects: readonly Manifest[]): unknown => objects[0]?.spec;

describe("changes of upstream objects", () => {
  it("merge fields, remove null fields and replace lists", () => {
    const patch = { spec: { replicas: 2, strategy: null, containers: [{ name: "other" }], paused: { a: 1 } } };
    expect(specOf(changed([deployment], { patches: [{ kind: "Deployment", name: "web", patch }] }, "x"))).to.deep.equal(
      {
        replicas: 2,
        containers: [{ name: "other" }],
        paused: { a: 1 },
      },
    );
    expect(deployment, "the input").to.have.nested.property("spec.replicas", 1);
  });

  it("change list items by JSON patch operations", () => {
    const operations = [{ op: "add", path: "/spec/containers/0/args/-", value: "-b" }] as const;
    const found = changed([deployment], { patches: [{ kind: "Deployment", name: "web", operations }] }, "x");
    expect(found[0]).to.have.deep.nested.property("spec.containers[0].args", ["-a", "-b"]);
    expect(deployment).to.have.deep.nested.property("spec.containers[0].args", ["-a"]);
  });

  const started = object("Deployment", "web", {
    spec: {
      replicas: 1,
      template: {
        spec: { containers: [{ name: "side" }, { name: "web", image: "web:1", args: ["--a=1", "--b", "--c=x=y"] }] },
      },
    },
  });
  const withFlags = (flags: object) =>
    changed([started], { patches: [{ kind: "Deployment", name: "web", args: { container: "web", ...flags } }] }, "x");

  it("replace and add flags of a container, and keep its other flags", () => {
    expect(specOf(withFlags({ replaced: { "--c": "z" }, added: { "--d": "4" } }))).to.deep.equal({
      replicas: 1,
      template: {
        spec: {
          containers: [{ name: "side" }, { name: "web", image: "web:1", args: ["--a=1", "--b", "--c=z", "--d=4"] }],
        },
      },
    });
  });

  it("fail with the name of a flag that upstream has removed or added", () => {
    expect(() => withFlags({ replaced: { "--gone": "1" } })).to.throw(
      "x: Deployment web does not start web with exactly one --gone: has upstream changed?",
    );
    expect(() => withFlags({ added: { "--a": "1" } })).to.throw("already starts web with --a: has upstream changed?");
    expect(() => withFlags({ container: "side" })).to.throw("has no container side with arguments");
  });

  it("are applied in order if several concern one object", () => {
    const patches = [1, 2].map((replicas) => ({ kind: "Deployment", name: "web", patch: { spec: { replicas } } }));
    expect(changed([deployment], { patches }, "x")[0]).to.have.nested.property("spec.replicas", 2);
  });

  it("leave out whole objects", () => {
    const other = object("Service", "web");
    expect(changed([deployment, other], { without: [{ kind: "Deployment", name: "web" }] }, "x")).to.deep.equal([
      other,
    ]);
  });

  it("fail with the name of an object or path that no longer exists", () => {
    const meant = { kind: "Deployment", name: "gone" };
    expect(() => changed([deployment], { patches: [{ ...meant, patch: {} }] }, "chart 1.2")).to.throw(
      "chart 1.2: there is no Deployment gone to patch: has upstream changed?",
    );
    expect(() => changed([deployment], { without: [meant] }, "x")).to.throw("no Deployment gone to leave out");
    const operations = [{ op: "replace", path: "/spec/nothing/here", value: 1 }] as const;
    expect(() => changed([deployment], { patches: [{ kind: "Deployment", name: "web", operations }] }, "x")).to.throw(
      /Deployment web cannot be patched at \/spec\/nothing\/here \(replace\)/,
    );
  });

  it("require a namespace if several objects have the same name", () => {
    const both = [object("Role", "reader", {}, "a"), object("Role", "reader", {}, "b")];
    expect(() => changed(both, { without: [{ kind: "Role", name: "reader" }] }, "x")).to.throw(
      /Role a\/reader, Role b\/reader/,
    );
    expect(changed(both, { without: [{ kind: "Role", name: "reader", namespace: "a" }] }, "x")).to.deep.equal([
      both[1],
    ]);
  });
});
