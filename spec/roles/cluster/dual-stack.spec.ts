import { expect } from "chai";
import { assumedFacts } from "#lib/facts/assumed.ts";
import { bothFamilies, ipv6Of } from "#roles/cluster/dual-stack.ts";
import { master } from "../setting.ts";

describe("dual stack", () => {
  const host = master("a", "10.0.0.11");
  const facts = (...addresses: (readonly [string, string])[]) => ({
    ...assumedFacts("a"),
    addresses: addresses.map(([device, address]) => ({ interface: device, address, prefix: 64 })),
  });
  const own = ["eth0", "10.0.0.11"] as const;

  it("names IPv4 first, and nothing else where there is nothing else", () => {
    expect(bothFamilies("10.96.0.0/16", "fd00::/112")).to.equal("10.96.0.0/16,fd00::/112");
    expect(bothFamilies("10.96.0.0/16", undefined)).to.equal("10.96.0.0/16");
  });

  it("takes the global IPv6 address beside the host's IPv4 one", () => {
    const found = facts(["eth1", "fd00::99"], ["eth0", "fe80::1"], own, ["eth0", "fd00::11"]);
    expect(ipv6Of(host, found, undefined)).to.equal("fd00::11");
  });

  it("finds none where the interface has its link's alone, or is not known", () => {
    expect(ipv6Of(host, facts(["eth1", "fd00::99"], ["eth0", "fe80::1"], own), undefined)).to.equal(undefined);
    expect(ipv6Of(host, facts(["eth1", "fd00::99"]), undefined)).to.equal(undefined);
  });

  it("takes the address that was chosen for it", () => {
    expect(ipv6Of(host, facts(own, ["eth0", "fd00::11"]), "fd00::12")).to.equal("fd00::12");
  });
});
