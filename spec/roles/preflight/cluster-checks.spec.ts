import { expect } from "chai";
import { node } from "../setting.ts";
import { areNamed, good, problems, withFindings, withText } from "./good.ts";

const apiserver =
  "ExecStart=/usr/local/bin/kube-apiserver \\\n  --service-cluster-ip-range=10.32.0.0/16 \\\n  --profiling=false\n";
describe("preflight's check of the cluster", () => {
  areNamed([
    [
      "a variable of the cluster that only some hosts have",
      { differing: ["service_cidr"] },
      "ClusterVariables: service_cidr: the host has other values than the controller, which makes the certificates with them. Set them for all hosts: under vars of the group all, or in group_vars/all.yaml",
    ],
    [
      "a network of Services that differs from the existing cluster's",
      withText("/etc/systemd/system/kube-apiserver.service", apiserver),
      "ClusterNetworks: service_cidr is 10.32.0.0/16 in the host's cluster, but 10.96.0.0/16 in the inventory: a cluster's networks cannot change, because Services and pods keep their addresses. Restore the old value",
    ],
    [
      "a network of pods that differs from the existing cluster's",
      {
        ...withText("/etc/kubernetes/kube-proxy.json", '{ "clusterCIDR": "10.200.0.0/16" }'),
        host: node("a", "10.0.0.11"),
      },
      "ClusterNetworks: pod_cidr is 10.200.0.0/16 in the host's cluster, but 10.244.0.0/16 in the inventory: a cluster's networks cannot change, because Services and pods keep their addresses. Restore the old value",
    ],
  ]);

  areNamed([
    [
      "a network of pods that differs from that of an existing cluster without kube-proxy",
      { cni: "cilium", ...withFindings({ installed: ["kubelet"], podNetworks: ["10.200.3.0/24"] }) },
      "ClusterNetworks: pod_cidr is 10.200.3.0/24 in the host's cluster, but 10.244.0.0/16 in the inventory: a cluster's networks cannot change, because Services and pods keep their addresses. Restore the old value",
    ],
    [
      "a cni that differs from the existing cluster's",
      {
        cni: "cilium",
        ...withFindings({ installed: ["kubelet"], folders: { "/etc/cni/net.d": ["10-bridge.conflist"] } }),
      },
      "PodNetwork: its pods use the network of bridge, but cni is cilium: pods of the two networks cannot reach each other, so cni must not change on a running cluster. Set cni: bridge, or make a new cluster with cni: cilium and move there",
    ],
    [
      "a cni that cannot replace kube-proxy",
      { proxyReplaced: true },
      "PodNetwork: kube_proxy_replacement is true, but only Cilium can replace kube-proxy: set cni: cilium, or remove kube_proxy_replacement",
    ],
  ]);

  const unit = "ExecStart=/usr/local/bin/kubelet \\\n  --hostname-override=a \\\n  --node-ip=10.0.0.99\n";
  const joined = (...texts: readonly (readonly [string, string])[]) =>
    withFindings({
      texts: { ...good.found.texts, "/etc/systemd/system/kubelet.service": unit, ...Object.fromEntries(texts) },
    });
  const ca = ["/etc/kubernetes/pki/ca-bundle.crt", "-----BEGIN CERTIFICATE-----"] as const;
  areNamed([
    [
      "an address that differs from the one with which the node joined",
      { ...joined(ca), host: node("a", "10.0.0.11") },
      "NodeAddress: it joined its cluster with the address 10.0.0.99, but the inventory has 10.0.0.11: its pods would be cut off from those of other nodes. Restore the address. To keep the new one, let the node leave and join again: npm run play -- -e remove=a remove, then site",
    ],
  ]);

  it("accepts another address of a machine that was removed, is new, or is known by a name", () => {
    expect(problems({ ...joined(), host: node("a", "10.0.0.11") }), "removed").to.deep.equal([]);
    expect(problems({ ...joined(ca), host: node("a", "10.0.0.99") }), "the same").to.satisfy((all: string[]) =>
      all.every((each) => !each.startsWith("NodeAddress")),
    );
    expect(problems({ host: node("a", "10.0.0.11") }), "new").to.deep.equal([]);
  });

  it("accepts any cni on a new host, and the same cni on an existing one", () => {
    const folders = { "/etc/cni/net.d": ["05-cilium.conflist"] };
    expect(problems({ cni: "cilium", proxyReplaced: true })).to.deep.equal([]);
    expect(problems({ cni: "cilium", ...withFindings({ installed: ["kubelet"], folders }) })).to.deep.equal([]);
    expect(problems({ cni: "bridge", ...withFindings({ folders }) })).to.deep.equal([]);
  });

  it("accepts the cluster as it was made", () => {
    expect(problems(withFindings({ installed: ["kubelet"], podNetworks: ["10.244.7.0/24"] }))).to.deep.equal([]);
    expect(problems(withFindings({ podNetworks: ["10.200.3.0/24"] })), "what a cluster left behind").to.deep.equal([]);
    expect(
      problems({ ...withText("/etc/systemd/system/kube-apiserver.service", apiserver), serviceCidr: "10.32.0.0/16" }),
    ).to.deep.equal([]);
  });
});
