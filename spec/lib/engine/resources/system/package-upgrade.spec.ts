import { expect } from "chai";
import { packageUpgrade } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

describe("the resource packageUpgrade", () => {
  const safe = subject(packageUpgrade("Upgrade", {}));
  const upgrades = [
    { name: "libc6", from: "1", to: "2" },
    { name: "linux-image-7", to: "7.1" },
    { name: "old", from: "3" },
  ];
  const verb = (now: object, of = safe): string =>
    /'kubeplay-.*$/.exec((of.steps(now)[0] as { sh: string }).sh)?.[0] ?? "";

  it("shows each package with its versions", () => {
    expect(asked(safe)).to.deep.equal(["package lists 1440", "apt upgrades safe"]);
    expect(safe.diff({ lists: { fresh: true }, upgrades })).to.deep.equal([
      { what: "libc6", before: "1", after: "2" },
      { what: "linux-image-7", before: "absent", after: "7.1" },
      { what: "old", before: "3", after: "absent" },
    ]);
    expect(safe.diff(safe.forecast({ lists: { fresh: false }, upgrades }))).to.deep.equal([]);
  });

  it("upgrades by the lists that it compared with, and fetches those that are outdated first", () => {
    expect(verb({ lists: { fresh: true }, upgrades })).to.equal("'kubeplay-safe' 'safe' '1440'");
    expect(verb({ lists: { fresh: false }, upgrades: [] })).to.equal("'kubeplay-safe' 'safe' '0'");
    const security = subject(packageUpgrade("Upgrade", { scope: "security", cacheValid: 0 }));
    expect(asked(security)).to.deep.equal(["package lists 0", "apt upgrades security"]);
    expect(verb({ lists: { fresh: false }, upgrades }, security)).to.equal("'kubeplay-security' 'security' '0'");
  });

  it("refuses times that are none", () => {
    expect(() => subject(packageUpgrade("Upgrade", { cacheValid: -1 }))).to.throw("cacheValid is -1");
  });
});
