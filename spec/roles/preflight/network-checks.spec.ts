import { expect } from "chai";
import { hostOf, master, node } from "../setting.ts";
import { areNamed, good, problems, withFacts, withoutRoute, withText } from "./good.ts";

const claims = (...hosts: (typeof good.host)[]) => hosts.map((host) => ({ host, chosen: undefined }));
const dual = { serviceCidr: "fd00:10:96::/112", podCidr: "fd00:10:244::/104", address: "fd00:10:187::11" };
const far = node("far", "10.0.9.21");

describe("preflight of the network", () => {
  areNamed([
    [
      "one network of a dual-stack cluster without the other",
      { cni: "cilium", ipv6: { ...dual, podCidr: undefined } },
      "DualStack: service_cidr_v6 and pod_cidr_v6 belong together: set both, or none for IPv4 alone",
    ],
    [
      "Services' IPv6 network that kube-apiserver does not take",
      { cni: "cilium", ipv6: { ...dual, serviceCidr: "fd00:10::/48" } },
      "DualStack: service_cidr_v6 fd00:10::/48 is too large: expected /64 or longer",
    ],
    [
      "pods' IPv6 network with room for one host",
      { cni: "cilium", ipv6: { ...dual, podCidr: "fd00:10:244::/120" } },
      "DualStack: pod_cidr_v6 fd00:10:244::/120 is too small: every host gets a /120 of it, expected /119 or shorter",
    ],
    [
      "IPv6 networks that overlap",
      { cni: "cilium", ipv6: { ...dual, podCidr: "fd00:10:96::/104" } },
      "DualStack: pod_cidr_v6 fd00:10:96::/104 and service_cidr_v6 fd00:10:96::/112 overlap",
    ],
    [
      "IPv6 where the network plugin has none",
      { cni: "bridge", ipv6: dual },
      "DualStack: cni bridge gives pods IPv4 only: leave pod_cidr_v6 away, or set cni: cilium",
    ],
    [
      "a host without IPv6 in a dual-stack cluster",
      { cni: "cilium", ipv6: { ...dual, address: undefined } },
      "DualStack: the cluster is dual stack: set node_address_v6 to its IPv6 address; it has none",
    ],
    [
      "an IPv6 address that is none of its own, with those that are",
      {
        ...withFacts({
          addresses: [...good.facts.addresses, { interface: "eth0", address: "fd00:10:187::12", prefix: 64 }],
        }),
        ...{ cni: "cilium", ipv6: dual },
      },
      "DualStack: node_address_v6 fd00:10:187::11 is none of its addresses; it has fd00:10:187::12 (eth0)",
    ],
    [
      "a host whose IPv6 address is a pod's",
      { cni: "cilium", ipv6: { ...dual, address: "fd00:10:244::7" } },
      "DualStack: its address fd00:10:244::7 lies in fd00:10:244::/104, which is the cluster's own",
    ],
    [
      "a name that no node can have",
      { host: { ...good.host, name: "Web_1" } },
      "Hostname: its name Web_1 cannot be a node's: expected lower-case letters, digits, - and .",
    ],
    [
      "a host that is known by its name only, with the addresses that it has",
      { host: node("worker-01", "worker-01") },
      "Address: it is known as worker-01, and the others need its IPv4 address: set node_address; it has 10.0.0.11 (eth0)",
    ],
    [
      "a host in the pods' network",
      { ...withFacts({ addresses: [] }), host: master("a", "10.244.3.4"), bridge: { ...good.bridge, claims: [] } },
      "Address: its address 10.244.3.4 lies in 10.244.0.0/16, which is the cluster's own",
    ],
    [
      "an address that is none of its own",
      { host: master("a", "203.0.113.9") },
      "OwnAddress: 203.0.113.9 is none of its addresses: set node_address to one of 10.0.0.11 (eth0). Where NAT leads there from every other host, skip this check",
    ],
    [
      "a host without a way out",
      withoutRoute(),
      "DefaultRoute: it has no default route, by which its own programs would reach the Services: add one",
    ],
    [
      "a resolv.conf without a server",
      withText("/etc/resolv.conf", "search example.org\n# nameserver 192.0.2.53\n"),
      "NameServers: /etc/resolv.conf has no nameserver, and pods would get none: add one",
    ],
    [
      "a name server that pods cannot reach",
      withText("/etc/resolv.conf", "nameserver 127.0.0.1\n"),
      "NameServers: /etc/resolv.conf has no nameserver but 127.0.0.1, which in a pod is the pod itself: add one that pods can reach",
    ],
    [
      "networks that overlap",
      { podCidr: "10.96.128.0/17" },
      "Networks: pod_cidr 10.96.128.0/17 and service_cidr 10.96.0.0/16 overlap",
    ],
    [
      "more pods than a subnet has room for",
      { bridge: { ...good.bridge, prefix: 26 } },
      "PodSubnets: its pods' subnet 10.244.2.192/26 has room for 61 pods, kubelet_max_pods is 110: choose a shorter pod_subnet_prefix, or fewer pods",
    ],
    [
      "more hosts than subnets",
      { podCidr: "10.244.0.0/23" },
      "PodSubnets: pod_cidr 10.244.0.0/23 has 2 subnets of length /24 for 3 hosts: choose a larger pod_cidr, or a longer pod_subnet_prefix",
    ],
    [
      "a network of pods that is smaller than one subnet",
      { podCidr: "10.244.0.0/25" },
      "PodSubnets: pod_cidr 10.244.0.0/25 has 0 subnets of length /24 for 3 hosts: choose a larger pod_cidr, or a longer pod_subnet_prefix",
    ],
    [
      "two hosts that would have one subnet",
      {
        bridge: { ...good.bridge, claims: claims(good.host, node("n", "10.0.1.11")) },
        ...withFacts({ addresses: [{ interface: "eth0", address: "10.0.0.11", prefix: 16 }] }),
      },
      "PodSubnets: a and n would both have pods in 10.244.11.0/24: give one of them a pod_subnet of its own in 10.244.0.0/16",
    ],
    [
      "hosts beyond a router",
      { bridge: { ...good.bridge, claims: claims(good.host, far) } },
      "OneNetwork: it is on 10.0.0.0/24 (eth0), and far (10.0.9.21) not: the pods' routes need all hosts on one network, set node_address to addresses on one",
    ],
  ]);

  it("lets Cilium's nodes be on different networks", () => {
    expect(problems({ cni: "cilium", bridge: { ...good.bridge, claims: claims(good.host, far) } })).to.deep.equal([]);
  });

  it("reads the servers behind systemd-resolved", () => {
    const resolved = withFacts({ stubResolver: true });
    expect(problems(resolved).map((problem) => problem.slice(0, 40))).to.deep.equal([
      "NameServers: /run/systemd/resolve/resolv",
    ]);
    expect(
      problems({ ...resolved, ...withText("/run/systemd/resolve/resolv.conf", "nameserver 192.0.2.53") }),
    ).to.deep.equal([]);
  });

  it("says nothing of what a host without the program ip cannot tell", () => {
    expect(problems(withoutRoute({ addresses: [] }))).to.deep.equal([]);
  });

  it("counts no host that chose its subnet itself", () => {
    const chosen = claims(...good.masters).map(({ host }, index) => ({ host, chosen: `10.244.0.${64 * index}/26` }));
    expect(
      problems({
        podCidr: "10.244.0.0/24",
        bridge: { claims: chosen, prefix: 23 },
        kubelet: { ...good.kubelet, maxPods: 60 },
      }),
    ).to.deep.equal([]);
  });

  it("asks no address of a host that runs no pods", () => {
    expect(problems({ host: hostOf("proxy", "proxy.example", "proxies") })).to.deep.equal([]);
  });
});
