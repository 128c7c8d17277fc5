import { expect } from "chai";
import { podSubnets } from "#cluster/pod-subnets.ts";

const claim = (name: string, address: string, chosen?: string) => ({ host: { name, address }, chosen });

describe("the pod subnets of hosts", () => {
  it("are derived from the hosts' addresses, independent of their order", () => {
    const one = podSubnets("10.244.0.0/16", 24, [claim("a", "10.0.0.11"), claim("b", "10.0.0.21")]);
    const other = podSubnets("10.244.0.0/16", 24, [
      claim("b", "10.0.0.21"),
      claim("c", "10.0.0.5"),
      claim("a", "10.0.0.11"),
    ]);
    expect(one.map(({ subnet }) => subnet)).to.deep.equal(["10.244.11.0/24", "10.244.21.0/24"]);
    expect(other.find(({ host }) => host === "a")?.subnet).to.equal("10.244.11.0/24");
  });

  it("can be chosen for a host", () => {
    const [only] = podSubnets("10.244.0.0/16", 24, [claim("a", "10.0.0.11", "10.244.99.0/24")]);
    expect(only?.subnet).to.equal("10.244.99.0/24");
  });

  it("must not be shared by two hosts: the error names both and the remedy", () => {
    const twins = [claim("a", "10.0.0.11"), claim("b", "10.0.1.11")];
    expect(() => podSubnets("10.244.0.0/16", 24, twins)).to.throw(
      /a and b would both .*10\.244\.11\.0\/24.*pod_subnet/,
    );
  });

  it("must be part of pod_cidr", () => {
    expect(() => podSubnets("10.244.0.0/16", 24, [claim("a", "10.0.0.1", "10.9.0.0/24")])).to.throw(
      /not part of pod_cidr/,
    );
  });
});
