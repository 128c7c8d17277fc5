import { expect } from "chai";
import type { EtcdAnswer } from "#cluster/etcd-members.ts";
import { node } from "../setting.ts";
import { areNamed, good, problems, withFindings, withText } from "./good.ts";

const running = (...addresses: string[]): EtcdAnswer => ({
  state: "running",
  members: addresses.map((address) => ({ name: address, peerUrls: [`https://${address}:2380`], hasRun: true })),
});
const all = ["10.0.0.11", "10.0.0.12", "10.0.0.13"];
const apiserver =
  "ExecStart=/usr/local/bin/kube-apiserver \\\n  --service-cluster-ip-range=10.32.0.0/16 \\\n  --profiling=false\n";
/** As a stopped member leaves it: its data, its unit and the configuration that it first started with. */
const stopped = (initialCluster: string) =>
  withFindings({
    installed: ["etcd"],
    folders: { "/var/lib/etcd": ["member"] },
    texts: { ...good.found.texts, "/etc/etcd/etcd.yaml": `name: a\ninitial-cluster: ${initialCluster}\n` },
  });

describe("preflight of the cluster", () => {
  areNamed([
    [
      "an even number of etcd members",
      { masters: good.masters.slice(1) },
      "EtcdMembers: the group masters has 2 hosts: etcd wants an odd number, an even one survives no more failures and fails more often",
    ],
    [
      "a variable of the cluster that only some hosts have",
      { differing: ["service_cidr"] },
      "ClusterVariables: service_cidr: another value here than on the controller, which makes the certificates by them. Set them for all: under vars of the group all, or in group_vars/all.yaml",
    ],
    [
      "masters that a running etcd does not know",
      withFindings({ etcd: running("10.0.0.11") }),
      "EtcdCluster: its etcd belongs to a cluster of https://10.0.0.11:2380, and b, c not: adding a member to an etcd that runs, or moving one, is not there yet. Leave the group masters and etcd_peer_port as they were",
    ],
    [
      "masters that a stopped etcd does not know",
      stopped("a=https://10.0.0.11:2380"),
      "EtcdCluster: its etcd belongs to a cluster of https://10.0.0.11:2380, and b, c not: adding a member to an etcd that runs, or moving one, is not there yet. Leave the group masters and etcd_peer_port as they were",
    ],
    [
      "another network of Services than the cluster was made with",
      withText("/etc/systemd/system/kube-apiserver.service", apiserver),
      "ClusterNetworks: service_cidr is 10.32.0.0/16 in the cluster that it belongs to, now it shall be 10.96.0.0/16: the networks of a cluster cannot be changed, its Services and pods keep their addresses",
    ],
    [
      "another network of pods than the cluster was made with",
      {
        ...withText("/etc/kubernetes/kube-proxy.json", '{ "clusterCIDR": "10.200.0.0/16" }'),
        host: node("a", "10.0.0.11"),
      },
      "ClusterNetworks: pod_cidr is 10.200.0.0/16 in the cluster that it belongs to, now it shall be 10.244.0.0/16: the networks of a cluster cannot be changed, its Services and pods keep their addresses",
    ],
  ]);

  areNamed([
    [
      "another network of pods than a cluster without kube-proxy was made with",
      { cni: "cilium", ...withFindings({ installed: ["kubelet"], podNetworks: ["10.200.3.0/24"] }) },
      "ClusterNetworks: pod_cidr is 10.200.3.0/24 in the cluster that it belongs to, now it shall be 10.244.0.0/16: the networks of a cluster cannot be changed, its Services and pods keep their addresses",
    ],
    [
      "another way to give pods their network than the cluster was made with",
      {
        cni: "cilium",
        ...withFindings({ installed: ["kubelet"], folders: { "/etc/cni/net.d": ["10-bridge.conflist"] } }),
      },
      "PodNetwork: its pods have their network from bridge, and cni says cilium: pods of the one do not reach those of the other, so it is not changed on a cluster that runs. Leave cni: bridge, or make a new cluster with cni: cilium and move there",
    ],
    [
      "kube-proxy's place taken by a network that cannot",
      { proxyReplaced: true },
      "PodNetwork: kube_proxy_replacement is true, and only cilium can take kube-proxy's place: set cni: cilium, or leave kube_proxy_replacement away",
    ],
  ]);

  it("lets a host begin with any network, and keep the one it has", () => {
    const folders = { "/etc/cni/net.d": ["05-cilium.conflist"] };
    expect(problems({ cni: "cilium", proxyReplaced: true })).to.deep.equal([]);
    expect(problems({ cni: "cilium", ...withFindings({ installed: ["kubelet"], folders }) })).to.deep.equal([]);
    expect(problems({ cni: "bridge", ...withFindings({ folders }) })).to.deep.equal([]);
  });

  it("is content with the cluster as it was made", () => {
    expect(problems(withFindings({ installed: ["kubelet"], podNetworks: ["10.244.7.0/24"] }))).to.deep.equal([]);
    expect(problems(withFindings({ podNetworks: ["10.200.3.0/24"] })), "what a cluster left behind").to.deep.equal([]);
    expect(problems(withFindings({ etcd: running(...all) }))).to.deep.equal([]);
    expect(problems(stopped(all.map((address) => `x=https://${address}:2380`).join(",")))).to.deep.equal([]);
    expect(
      problems({ ...withText("/etc/systemd/system/kube-apiserver.service", apiserver), serviceCidr: "10.32.0.0/16" }),
    ).to.deep.equal([]);
  });
});
