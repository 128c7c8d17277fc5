import { expect } from "chai";
import { bothFamilies } from "#cluster/dual-stack.ts";

describe("dual stack", () => {
  it("names IPv4 first, and nothing else where there is nothing else", () => {
    expect(bothFamilies("10.96.0.0/16", "fd00::/112")).to.equal("10.96.0.0/16,fd00::/112");
    expect(bothFamilies("10.96.0.0/16", undefined)).to.equal("10.96.0.0/16");
  });
});
