import { expect } from "chai";
import { bothFamilies } from "#cluster/dual-stack.ts";

describe("bothFamilies", () => {
  it("names IPv4 first, and IPv6 only if the cluster has it", () => {
    expect(bothFamilies("10.96.0.0/16", "fd00::/112")).to.equal("10.96.0.0/16,fd00::/112");
    expect(bothFamilies("10.96.0.0/16", undefined)).to.equal("10.96.0.0/16");
  });
});
