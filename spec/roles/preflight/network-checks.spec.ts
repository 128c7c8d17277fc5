import { expect } from "chai";
import { hostOf, master, node } from "../setting.ts";
import { areNamed, good, problems, withFacts, withoutRoute, withText } from "./good.ts";

const claims = (...hosts: (typeof good.host)[]) => hosts.map((host) => ({ host, chosen: undefined }));
const dual = { serviceCidr: "fd00:10:96::/112", podCidr: "fd00:10:244::/104", address: "fd00:10:187::11" };
const far = node("far", "10.0.9.21");

describe("preflight's check of the network", () => {
  areNamed([
    [
      "a dual-stack cluster with only one IPv6 network",
      { cni: "cilium", ipv6: { ...dual, podCidr: undefined } },
      "DualStack: only one of service_cidr_v6 and pod_cidr_v6 is set: set both, or none for IPv4 only",
    ],
    [
      "an IPv6 network of Services that kube-apiserver does not accept",
      { cni: "cilium", ipv6: { ...dual, serviceCidr: "fd00:10::/48" } },
      "DualStack: service_cidr_v6 fd00:10::/48 is too large: expected /64 or longer",
    ],
    [
      "an IPv6 network of pods with room for only one host",
      { cni: "cilium", ipv6: { ...dual, podCidr: "fd00:10:244::/120" } },
      "DualStack: pod_cidr_v6 fd00:10:244::/120 is too small: every host gets a /120 of it, expected /119 or shorter",
    ],
    [
      "IPv6 networks that overlap",
      { cni: "cilium", ipv6: { ...dual, podCidr: "fd00:10:96::/104" } },
      "DualStack: pod_cidr_v6 fd00:10:96::/104 and service_cidr_v6 fd00:10:96::/112 overlap: choose networks that do not",
    ],
    [
      "a dual-stack cluster with a cni that supports only IPv4",
      { cni: "bridge", ipv6: dual },
      "DualStack: cni bridge supports only IPv4: remove service_cidr_v6 and pod_cidr_v6, or set cni: cilium",
    ],
    [
      "a host without IPv6 in a dual-stack cluster",
      { cni: "cilium", ipv6: { ...dual, address: undefined } },
      "DualStack: node_address_v6 is not set in a dual-stack cluster: set it to the host's IPv6 address; the host has none",
    ],
    [
      "an IPv6 address that the host does not have, with those that it has",
      {
        ...withFacts({
          addresses: [...good.facts.addresses, { interface: "eth0", address: "fd00:10:187::12", prefix: 64 }],
        }),
        ...{ cni: "cilium", ipv6: dual },
      },
      "DualStack: it has no address fd00:10:187::11: set node_address_v6 to one of its own; the host has fd00:10:187::12 (eth0)",
    ],
    [
      "a host whose IPv6 address is in the pods' network",
      { cni: "cilium", ipv6: { ...dual, address: "fd00:10:244::7" } },
      "DualStack: its address fd00:10:244::7 is in fd00:10:244::/104, which is a network of the cluster: choose one that contains no host",
    ],
    [
      "a name that no node can have",
      { host: { ...good.host, name: "Web_1" } },
      "Hostname: its name Web_1 is no valid node name, expected lower-case letters, digits, - and .: rename it in the inventory",
    ],
    [
      "a host that is known only by name, with the addresses that it has",
      { host: node("worker-01", "worker-01") },
      "Address: its address is worker-01, expected an IPv4 address for the other hosts: set node_address; it has 10.0.0.11 (eth0)",
    ],
    [
      "a host in the pods' network",
      { ...withFacts({ addresses: [] }), host: master("a", "10.244.3.4"), bridge: { ...good.bridge, claims: [] } },
      "Address: its address 10.244.3.4 is in 10.244.0.0/16, which is a network of the cluster: choose one that contains no host",
    ],
    [
      "an address that the host does not have",
      { host: master("a", "203.0.113.9") },
      "OwnAddress: it has no address 203.0.113.9: set node_address to one of 10.0.0.11 (eth0). If NAT leads there from every other host, skip this check",
    ],
    [
      "a host without a default route",
      withoutRoute(),
      "DefaultRoute: it has no default route, which its own programs need to reach Services: add one",
    ],
    [
      "a resolv.conf without a server",
      withText("/etc/resolv.conf", "search example.org\n# nameserver 192.0.2.53\n"),
      "NameServers: /etc/resolv.conf has no nameserver, so pods would have none: add one",
    ],
    [
      "a name server that pods cannot reach",
      withText("/etc/resolv.conf", "nameserver 127.0.0.1\n"),
      "NameServers: /etc/resolv.conf has only the nameserver 127.0.0.1, which is the pod itself inside a pod: add one that pods can reach",
    ],
    [
      "networks that overlap",
      { podCidr: "10.96.128.0/17" },
      "Networks: pod_cidr 10.96.128.0/17 and service_cidr 10.96.0.0/16 overlap: choose networks that do not",
    ],
    [
      "more pods than a subnet has room for",
      { bridge: { ...good.bridge, prefix: 26 } },
      "PodSubnets: its pods' subnet 10.244.2.192/26 has room for 61 pods, but kubelet_max_pods is 110: choose a shorter pod_subnet_prefix, or fewer pods",
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
      "two hosts that would have the same subnet",
      {
        bridge: { ...good.bridge, claims: claims(good.host, node("n", "10.0.1.11")) },
        ...withFacts({ addresses: [{ interface: "eth0", address: "10.0.0.11", prefix: 16 }] }),
      },
      "PodSubnets: a and n would both have pods in 10.244.11.0/24: give one of them a pod_subnet of its own in 10.244.0.0/16",
    ],
    [
      "hosts beyond a router",
      { bridge: { ...good.bridge, claims: claims(good.host, far) } },
      "OneNetwork: it is on 10.0.0.0/24 (eth0), unlike far (10.0.9.21): the pods' routes need all hosts on one network. Set node_address to addresses on one",
    ],
  ]);

  it("accepts Cilium's nodes on different networks", () => {
    expect(problems({ cni: "cilium", bridge: { ...good.bridge, claims: claims(good.host, far) } })).to.deep.equal([]);
  });

  it("checks the name servers that systemd-resolved uses", () => {
    const resolved = withFacts({ stubResolver: true });
    expect(problems(resolved).map((problem) => problem.slice(0, 40))).to.deep.equal([
      "NameServers: /run/systemd/resolve/resolv",
    ]);
    expect(
      problems({ ...resolved, ...withText("/run/systemd/resolve/resolv.conf", "nameserver 192.0.2.53") }),
    ).to.deep.equal([]);
  });

  it("reports nothing that a host without the program ip cannot know", () => {
    expect(problems(withoutRoute({ addresses: [] }))).to.deep.equal([]);
  });

  it("does not count a host with a pod_subnet of its own", () => {
    const chosen = claims(...good.masters).map(({ host }, index) => ({ host, chosen: `10.244.0.${64 * index}/26` }));
    expect(
      problems({
        podCidr: "10.244.0.0/24",
        bridge: { claims: chosen, prefix: 23 },
        kubelet: { ...good.kubelet, maxPods: 60 },
      }),
    ).to.deep.equal([]);
  });

  it("requires no address of a host that runs no pods", () => {
    expect(problems({ host: hostOf("proxy", "proxy.example", "proxies") })).to.deep.equal([]);
  });
});
