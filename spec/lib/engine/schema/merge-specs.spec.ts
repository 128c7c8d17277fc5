import { expect } from "chai";
import { Type } from "typebox";
import { InputError } from "#engine/errors.ts";
import { mergeSpecs } from "#engine/schema/merge-specs.ts";

const port = (standard: number, description = "") => ({ api_port: Type.Integer({ default: standard, description }) });

describe("mergeSpecs", () => {
  it("allows two roles to declare the same variable with different descriptions", () => {
    const { specs, problems } = mergeSpecs([
      { name: "kube-nginx", vars: port(6443, "What it forwards to.") },
      { name: "kube-apiserver", vars: { ...port(6443, "Where it listens."), etcd_port: Type.Integer() } },
    ]);
    expect(problems).to.deep.equal([]);
    expect(Object.keys(specs)).to.deep.equal(["api_port", "etcd_port"]);
  });

  it("names both roles if their declarations differ", () => {
    const { problems } = mergeSpecs([
      { name: "kube-nginx", vars: port(6443) },
      { name: "kube-apiserver", vars: port(8443) },
      { name: "kube-apiserver", vars: port(8443) },
    ]);
    expect(new InputError(problems).message).to.equal(
      "api_port is declared differently by kube-nginx and by kube-apiserver; share one declaration, or rename one of them",
    );
  });
});
