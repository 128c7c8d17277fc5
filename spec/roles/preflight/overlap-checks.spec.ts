import { expect } from "chai";
import { areNamed, good, problems, withFacts, withFindings, withText } from "./good.ts";

const elsewhere = ": the host would no longer reach these addresses. Choose networks that nothing else uses";
const dual = {
  cni: "cilium",
  ipv6: { serviceCidr: "fd00:10:96::/112", podCidr: "fd00:10:244::/104", address: "fd00:10:187::11" },
} as const;
const six = { interface: "eth0", address: "fd00:10:187::11", prefix: 64 };

describe("preflight's check of the cluster's networks", () => {
  areNamed([
    [
      "a network of Services without an address for the DNS",
      { serviceCidr: "10.96.0.0/29" },
      "ServiceNetwork: service_cidr 10.96.0.0/29 has 8 addresses, but the cluster's DNS gets number 10: choose a network of /28 or larger",
    ],
    [
      "a name server in the network of Services",
      withText("/etc/resolv.conf", "nameserver 192.0.2.53\nnameserver 10.96.0.53\n"),
      `HostNetworks: service_cidr 10.96.0.0/16 contains or overlaps 10.96.0.53, a name server${elsewhere}`,
    ],
    [
      "a network of pods over one of the host's own",
      withFacts({
        addresses: [...good.facts.addresses, { interface: "eth1", address: "10.244.8.7", prefix: 21 }],
      }),
      `HostNetworks: pod_cidr 10.244.0.0/16 contains or overlaps 10.244.8.0/21, the network of eth1${elsewhere}`,
    ],
    [
      "a route to a network that contains the pods'",
      withFindings({ routes: [{ to: "10.240.0.0/12", via: "10.0.0.1", device: "wg0" }] }),
      `HostNetworks: pod_cidr 10.244.0.0/16 contains or overlaps 10.240.0.0/12, a route by wg0${elsewhere}`,
    ],
    [
      "an IPv6 name server in the network of Services",
      {
        ...dual,
        ...withFacts({ addresses: [...good.facts.addresses, six] }),
        ...withText("/etc/resolv.conf", "nameserver fd00:10:96::53\n"),
      },
      `HostNetworks: service_cidr_v6 fd00:10:96::/112 contains or overlaps fd00:10:96::53, a name server${elsewhere}`,
    ],
  ]);

  it("accepts networks that nothing else uses", () => {
    const routes = [
      { to: "default", via: "10.0.0.1", device: "eth0" },
      { to: "10.0.0.0/24", via: undefined, device: "eth0" },
      { to: "10.9.0.7", via: "10.0.0.1", device: "eth0" },
      { to: "10.244.7.0/24", via: "10.244.0.1", device: "cilium_host" },
    ];
    expect(
      problems({ ...dual, ...withFacts({ addresses: [...good.facts.addresses, six] }), ...withFindings({ routes }) }),
    ).to.deep.equal([]);
    expect(problems({ serviceCidr: "10.96.0.0/28" })).to.deep.equal([]);
  });

  it("accepts a node with the cluster's own networks", () => {
    const addresses = [...good.facts.addresses, { interface: "br0", address: "10.244.7.1", prefix: 24 }];
    expect(problems({ ...withFacts({ addresses }), ...withFindings({ installed: ["kubelet"] }) })).to.deep.equal([]);
  });

  it("accepts the routes that an interrupted run left before there was a kubelet", () => {
    const routes = [{ to: "10.244.21.0/24", via: "10.0.0.21", device: "eth0" }];
    expect(problems(withFindings({ routes, installed: ["containerd", "kubeplay-routes"] }))).to.deep.equal([]);
    expect(problems(withFindings({ routes, installed: ["containerd"] }))).to.have.length(1);
  });
});
