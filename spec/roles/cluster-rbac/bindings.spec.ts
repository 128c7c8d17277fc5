import { expect } from "chai";
import { bindingsFor, type Approval } from "#roles/cluster-rbac/bindings.ts";
import { clusterRbac } from "#roles/cluster-rbac/index.ts";
import { master, namesOf, tasksOf } from "../setting.ts";

const named = (name: string, kind = "ClusterRoleBinding", approval: Approval = "inventory") =>
  bindingsFor(approval).present.find((one) => one.kind === kind && one.metadata.name === name);
const tasksWith = (approval: Approval): string[] =>
  namesOf(tasksOf(clusterRbac, { hosts: [master("a", "10.0.0.11")], vars: { kubelet_csr_approval: approval } }));

describe("the cluster's bindings", () => {
  it("allow a host with a bootstrap token to request its first certificate", () =>
    expect(named("kubelet-bootstrap")).to.deep.include({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:node-bootstrapper" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:bootstrappers" }],
    }));
  it("allow the approver to approve only certificates of kubelets", () => {
    const signers = (approval: Approval) =>
      named("kubeplay:kubelet-csr-approver", "ClusterRole", approval)?.rules as { resourceNames?: string[] }[];
    expect(signers("inventory").at(-1)).to.deep.equal({
      apiGroups: ["certificates.k8s.io"],
      resources: ["signers"],
      resourceNames: ["kubernetes.io/kubelet-serving", "kubernetes.io/kube-apiserver-client-kubelet"],
      verbs: ["approve"],
    });
    expect(signers("kubernetes").at(-1)?.resourceNames).to.deep.equal(["kubernetes.io/kubelet-serving"]);
    for (const approval of ["inventory", "kubernetes"] as const)
      expect(JSON.stringify(signers(approval))).not.to.contain("*");
  });
  it("let kube-controller-manager approve client certificates only if a variable says so", () => {
    const automatic = ["kubeplay:node-client-certificates", "kubeplay:node-client-renewal"];
    for (const name of automatic) {
      expect(named(name)).to.equal(undefined);
      expect(named(name, "ClusterRoleBinding", "kubernetes")).not.to.equal(undefined);
      expect(tasksWith("inventory")).to.include(`Remove the ClusterRoleBinding ${name}`);
      expect(tasksWith("kubernetes")).to.include(`Apply the ClusterRoleBinding ${name}`);
    }
    expect(tasksWith("kubernetes").filter((name) => name.startsWith("Remove"))).to.deep.equal([]);
    expect(JSON.stringify(bindingsFor("inventory").present)).not.to.contain("nodeclient");
  });
  it("have unique names", () => {
    for (const approval of ["inventory", "kubernetes"] as const) {
      const { present, absent } = bindingsFor(approval);
      const names = [...present, ...absent].map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(new Set(names).size).to.equal(names.length);
    }
  });
});
