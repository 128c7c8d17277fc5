import { expect } from "chai";
import { bindings } from "#roles/cluster-rbac/bindings.ts";

const named = (name: string, kind = "ClusterRoleBinding") =>
  bindings.find((one) => one.kind === kind && one.metadata.name === name);

describe("the cluster's bindings", () => {
  it("let a host with a bootstrap token ask for its first certificate", () =>
    expect(named("kubelet-bootstrap")).to.deep.include({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:node-bootstrapper" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:bootstrappers" }],
    }));
  it("let the approver approve serving certificates of kubelets, and nothing else", () => {
    const rules = JSON.stringify(named("kubeplay:kubelet-csr-approver", "ClusterRole")?.rules);
    expect(rules).to.contain('"resourceNames":["kubernetes.io/kubelet-serving"]').and.not.to.contain("*");
  });
  it("have one name each", () => {
    const names = bindings.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).to.equal(names.length);
  });
});
