import { expect } from "chai";
import { assumedFacts } from "#lib/facts/assumed.ts";
import type { Host } from "#lib/inventory/types.ts";
import { problemsOf, type Checked } from "#roles/preflight/checks.ts";

const host = (name: string, group: string, address = "192.0.2.1"): Host => ({ name, address, groups: [group] });
const masters = [host("a", "masters"), host("b", "masters"), host("c", "masters")];
const good: Checked = {
  host: host("a", "masters"),
  facts: assumedFacts("a"),
  masters,
  serviceCidr: "10.96.0.0/16",
  podCidr: "10.244.0.0/16",
  ports: [{ port: 6443, program: "kube-apiserver" }],
  differing: [],
  swapAllowed: false,
  cgroup1Allowed: false,
};
const listening = (port: number, program: string) => ({
  facts: { ...good.facts, listening: [{ port, address: "0.0.0.0", program }] },
});

describe("preflight", () => {
  it("finds nothing wrong with a plain Debian 13 machine", () => {
    expect(problemsOf(good, [])).to.deep.equal([]);
  });

  const bad: [string, Partial<Checked>, string][] = [
    [
      "another system",
      { facts: { ...good.facts, os: { id: "ubuntu", version: "24.04", codename: "noble", name: "Ubuntu 24.04" } } },
      "System: it runs Ubuntu 24.04, expected Debian 13",
    ],
    [
      "a user who is not root",
      { facts: { ...good.facts, user: "debian" } },
      "Root: tasks would run as debian, expected root: set ansible_become",
    ],
    ["a port that is taken", listening(6443, "nginx"), "Ports: port 6443 is taken by nginx, kube-apiserver needs it"],
    [
      "an even number of etcd members",
      { masters: masters.slice(1) },
      "EtcdMembers: the group masters has 2 hosts: etcd wants an odd number, an even one survives no more failures and fails more often",
    ],
    [
      "networks that overlap",
      { podCidr: "10.96.128.0/17" },
      "Networks: pod_cidr 10.96.128.0/17 and service_cidr 10.96.0.0/16 overlap",
    ],
    [
      "a host in the pods' network",
      { host: host("a", "masters", "10.244.3.4") },
      "Address: its address 10.244.3.4 lies in 10.244.0.0/16, which is the cluster's own",
    ],
    [
      "a variable of the cluster that only some hosts have",
      { differing: ["service_cidr"] },
      "ClusterVariables: service_cidr: another value here than on the controller, which makes the certificates by them. Set them for all: under vars of the group all, or in group_vars/all.yaml",
    ],
    [
      "a clock that is off",
      { facts: { ...good.facts, clockSkew: -90 } },
      "Clock: its clock is -90 s off the controller's: certificates would not hold, set up NTP",
    ],
    [
      "too little memory",
      { facts: { ...good.facts, memory: 2 ** 29 } },
      "Memory: it has 0.5 GiB of memory, expected 1.6 GiB or more",
    ],
    [
      "a full disk",
      { facts: { ...good.facts, free: { "/": 2 ** 30 } } },
      "Disk: /var/lib has 1.0 GiB free, expected 4 GiB or more",
    ],
    ["cgroup v1", { facts: { ...good.facts, cgroup: 1 } }, "Cgroup: it has cgroup v1, the kubelet wants v2"],
  ];
  for (const [what, change, message] of bad)
    it(`names ${what}`, () => {
      expect(problemsOf({ ...good, ...change }, [])).to.deep.equal([message]);
    });

  it("leaves a port alone that its own program holds already", () => {
    expect(problemsOf({ ...good, ...listening(6443, "kube-apiserver") }, [])).to.deep.equal([]);
  });

  it("names everything at once, and skips what is named", () => {
    const worse = { ...good, masters: masters.slice(1), podCidr: "10.96.0.0/16" };
    expect(problemsOf(worse, [])).to.have.length(2);
    expect(problemsOf(worse, ["Networks"])).to.have.length(1);
  });
});
