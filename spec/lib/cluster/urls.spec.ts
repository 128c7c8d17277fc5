import { expect } from "chai";
import { endpoint } from "#cluster/urls.ts";

describe("an address with a port", () => {
  for (const [address, expected] of [
    ["10.0.0.1", "10.0.0.1:6443"],
    ["cp-1.example.org", "cp-1.example.org:6443"],
    ["fd00::1", "[fd00::1]:6443"],
  ] as const)
    it(`is ${expected}`, () => expect(endpoint(address, 6443)).to.equal(expected));
});
