import { expect } from "chai";
import type { ManifestsProps } from "#lib/resources/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { nodeLocalAddress, nodeLocalDns } from "#roles/node-local-dns/index.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: { "m-1": { ansible_host: "10.0.0.11" } } } };
const wanted = "node_local_dns=true";
const onHost = (...extraVars: string[]) => tasksOf(nodeLocalAddress, { inventory, host: "m-1", extraVars });
const inCluster = (...extraVars: string[]) =>
  tasksOf(nodeLocalDns, { inventory, host: "localhost", extraVars })[0]?.props as ManifestsProps;
const asked = (...extraVars: string[]): unknown => {
  const { content } = taskCalled(tasksOf(kubelet, { inventory, host: "m-1", extraVars }), "Write its configuration")
    .props as { content: string };
  return (JSON.parse(content) as { clusterDNS: unknown }).clusterDNS;
};

describe("a node's own DNS cache", () => {
  it("is nowhere unless it is wanted, and leaves nothing where it was", () => {
    expect(inCluster()).to.include({ set: "node-local-dns", state: "absent" });
    expect(onHost().map(({ props }) => props)).to.deep.include.members([
      { name: "kubeplay-dns-address.service", state: "stopped", enabled: false },
      { name: "kubeplay-dns-address.service", state: "absent" },
    ]);
    expect(asked()).to.deep.equal(["10.96.0.10"]);
  });

  it("answers where pods ask, at an address that the host has", () => {
    const [address] = asked(wanted) as [string];
    const unit = taskCalled(onHost(wanted), "Write the unit of its address").props as { content: string };
    expect(unit.content).to.contain(`address replace ${address}/32 dev lo`);
    const corefile = inCluster(wanted).objects?.find(({ kind }) => kind === "ConfigMap")?.data as { Corefile: string };
    expect(corefile.Corefile.match(/bind (\S+)/g)).to.deep.equal([`bind ${address}`, `bind ${address}`]);
  });

  it("asks the cluster's Service for names of the cluster, and the node's servers for all others", () => {
    const { Corefile } = inCluster(wanted, "service_cidr=172.20.0.0/16", "cluster_domain=k8s.example").objects?.find(
      ({ kind }) => kind === "ConfigMap",
    )?.data as { Corefile: string };
    const [own, others] = Corefile.split(/^\.:53/m);
    expect(own)
      .to.match(/^k8s\.example:53 /)
      .and.to.contain("forward . 172.20.0.10 {");
    expect(others).to.contain("forward . /etc/resolv.conf");
  });

  it("runs on every node, whatever its taints", () => {
    const daemon = inCluster(wanted).objects?.find(({ kind }) => kind === "DaemonSet");
    expect(daemon).to.have.deep.nested.property("spec.template.spec.tolerations", [{ operator: "Exists" }]);
    expect(daemon).to.have.nested.property("spec.template.spec.hostNetwork", true);
  });
});
