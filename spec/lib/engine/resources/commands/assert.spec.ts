import { expect } from "chai";
import { assert, debug } from "kubeplay";
import { subject } from "../one-resource.ts";

describe("assert and debug", () => {
  it("assert fails with its message, or changes nothing", () => {
    expect(subject(assert("a", { that: true, message: "m" })).diff({})).to.deep.equal([]);
    expect(() => subject(assert("a", { that: false, message: "free a gigabyte" })).diff({})).to.throw(
      "free a gigabyte",
    );
  });

  it("debug shows a text as it is, and anything else as JSON", () => {
    expect(subject(debug("d", { message: "hello" })).warnings({})).to.deep.equal(["hello"]);
    expect(subject(debug("d", { message: { a: 1 } })).warnings({})).to.deep.equal(['{\n  "a": 1\n}']);
  });
});
