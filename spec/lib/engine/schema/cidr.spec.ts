import { expect } from "chai";
import fc from "fast-check";
import {
  contains,
  formatCidr,
  formatIPv4,
  networkOf,
  nthAddress,
  nthSubnet,
  overlaps,
  parseCidr,
  parseIPv4,
} from "#engine/schema/cidr.ts";

describe("IPv4 networks", () => {
  for (const text of ["10.0.0.0/8", "10.32.0.0/16", "0.0.0.0/0", "192.168.1.1/32"])
    it(`${text} is valid`, () => {
      const cidr = parseCidr(text);
      expect(cidr && formatCidr(cidr)).to.equal(text);
    });
  for (const text of [
    "10.0.0.1/24",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0/8",
    "a/8",
    "10.0.0.0/-1",
    "::/0",
  ])
    it(`${text} is invalid`, () => {
      expect(parseCidr(text)).to.equal(undefined);
    });

  it("parsing and formatting preserves every address", () => {
    fc.assert(fc.property(fc.ipV4(), (address) => formatIPv4(parseIPv4(address) ?? -1) === address));
  });

  const relations: readonly (readonly [string, string, boolean, boolean])[] = [
    ["10.0.0.0/8", "10.255.255.255", true, true],
    ["10.0.0.0/8", "11.0.0.0", false, false],
    ["10.0.0.0/8", "10.32.0.0/16", true, true],
    ["10.32.0.0/16", "10.0.0.0/8", false, true],
    ["10.32.0.0/16", "10.32.0.0/16", true, true],
    ["10.32.0.0/16", "10.33.0.0/16", false, false],
    ["0.0.0.0/0", "255.255.255.255", true, true],
  ];
  for (const [one, other, inside, shared] of relations)
    it(`${one} ${inside ? "contains" : "does not contain"} ${other}`, () => {
      expect(contains(one, other)).to.equal(inside);
      if (other.includes("/")) expect(overlaps(one, other)).to.equal(shared);
    });

  it("nthAddress counts from the network's own address, or from the last", () => {
    expect(nthAddress("10.32.0.0/16", 1)).to.equal("10.32.0.1");
    expect(nthAddress("10.32.0.0/16", 10)).to.equal("10.32.0.10");
    expect(nthAddress("10.32.0.0/16", -1)).to.equal("10.32.255.255");
    expect(() => nthAddress("10.32.0.0/30", 4)).to.throw("10.32.0.0/30 has no address number 4: it has 4");
  });

  it("networkOf gives the network of an address", () => {
    expect(networkOf("10.0.1.77", 24)).to.equal("10.0.1.0/24");
    expect([networkOf("10.0.1.77", 32), networkOf("10.0.1.77", 0)]).to.deep.equal(["10.0.1.77/32", "0.0.0.0/0"]);
    for (const [address, prefix] of [
      ["fe80::1", 64],
      ["10.0.0.1", 33],
    ] as const)
      expect(() => networkOf(address, prefix)).to.throw(RangeError, `"${address}/${String(prefix)}"`);
  });

  it("nthSubnet divides a network into smaller ones", () => {
    expect(nthSubnet("10.200.0.0/16", 24, 3)).to.equal("10.200.3.0/24");
    expect(() => nthSubnet("10.200.0.0/16", 24, 256)).to.throw("10.200.0.0/16 has no /24 number 256");
  });

  it("calculations reject an invalid network", () => {
    expect(() => contains("10.0.0.1/8", "10.0.0.1")).to.throw(
      '"10.0.0.1/8" is not an IPv4 network such as 10.32.0.0/16',
    );
  });
});
