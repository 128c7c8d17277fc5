import { expect } from "chai";
import { fail } from "kubeplay";
import { subject } from "../one-resource.ts";

describe("the resource fail", () => {
  it("fails with its message, whatever the host is like", () => {
    expect(() => subject(fail("f", { message: "no room" })).diff({})).to.throw("no room");
  });
});
