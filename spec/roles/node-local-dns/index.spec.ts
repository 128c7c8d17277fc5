import { expect } from "chai";
import type { ManifestsProps } from "#kubernetes/manifests/manifests.ts";
import type { WaitProps } from "#engine/resources/commands/wait.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { nodeLocalAbsent, nodeLocalAddress, nodeLocalAnswers, nodeLocalDns } from "#roles/node-local-dns/index.ts";
import site from "#playbooks/site.ts";
import { taskCalled, tasksOf, textOf } from "../tasks-of.ts";

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
  it("is absent unless node_local_dns is true", () => {
    expect(tasksOf(nodeLocalDns, { inventory, host: "localhost" })).to.be.empty;
    expect(tasksOf(nodeLocalAbsent, { inventory, host: "localhost" })[0]?.props).to.include({
      set: "node-local-dns",
      state: "absent",
    });
    expect(tasksOf(nodeLocalAbsent, { inventory, host: "localhost", extraVars: [wanted] })).to.be.empty;
    expect(asked()).to.deep.equal(["10.96.0.10"]);
  });

  it("leaves its address until the next boot, so that it refuses running pods immediately", () =>
    expect(onHost().map(({ props }) => props)).to.deep.equal([
      { name: "kubeplay-dns-address.service", enabled: false },
      { name: "kubeplay-dns-address.service", state: "absent" },
    ]));

  it("is followed by the cluster's Service, as a fallback for pods", () =>
    expect(asked(wanted)).to.deep.equal(["169.254.20.10", "10.96.0.10"]));

  it("gets its address, then answers, then is named by kubelets, and is removed when no kubelet names it", () => {
    const order = site.flatMap(({ roles }) => roles.map(({ name }) => name));
    const wanted = ["node-local-address", "node-local-dns", "node-local-answers", "kubelet", "node-local-absent"];
    expect(order.filter((name) => wanted.includes(name))).to.deep.equal(wanted);
  });

  it("is waited for only if the kubelet runs and does not name it yet", () => {
    const until = (...extraVars: string[]) =>
      tasksOf(nodeLocalAnswers, { inventory, host: "m-1", extraVars }).map(({ props }) => (props as WaitProps).until);
    expect(until()).to.be.empty;
    expect(until(wanted)[0])
      .to.contain("! systemctl is-active --quiet kubelet || grep -qF 169.254.20.10 /etc/kubernetes/kubelet.json ||")
      .and.to.contain("http://169.254.20.10:8182/ready");
  });

  it("is replaced by a new one beside the old one, so that a node always has one", () =>
    expect(inCluster(wanted).objects?.find(({ kind }) => kind === "DaemonSet")).to.have.deep.nested.property(
      "spec.updateStrategy.rollingUpdate",
      { maxSurge: 1, maxUnavailable: 0 },
    ));

  it("answers at the address that pods ask and that the host has", () => {
    const [address] = asked(wanted) as [string];
    const unit = textOf(nodeLocalAddress, taskCalled(onHost(wanted), "Write the unit of its address"));
    expect(unit).to.contain(`address replace ${address}/32 dev lo`);
    const corefile = inCluster(wanted).objects?.find(({ kind }) => kind === "ConfigMap")?.data as { Corefile: string };
    expect(corefile.Corefile.match(/bind (\S+)/g)).to.deep.equal([`bind ${address}`, `bind ${address}`]);
  });

  it("asks the cluster's Service for the cluster's names, and the node's servers for all others", () => {
    const { Corefile } = inCluster(wanted, "service_cidr=172.20.0.0/16", "cluster_domain=k8s.example").objects?.find(
      ({ kind }) => kind === "ConfigMap",
    )?.data as { Corefile: string };
    const [own, others] = Corefile.split(/^\.:53/m);
    expect(own)
      .to.match(/^k8s\.example:53 /)
      .and.to.contain("forward . 172.20.0.10 {");
    expect(others).to.contain("forward . /etc/resolv.conf");
  });

  it("runs on every node regardless of its taints", () => {
    const daemon = inCluster(wanted).objects?.find(({ kind }) => kind === "DaemonSet");
    expect(daemon).to.have.deep.nested.property("spec.template.spec.tolerations", [{ operator: "Exists" }]);
    expect(daemon).to.have.nested.property("spec.template.spec.hostNetwork", true);
  });
});
