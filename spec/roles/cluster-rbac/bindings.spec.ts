import { expect } from "chai";
import { bindings } from "#roles/cluster-rbac/bindings.ts";

const named = (name: string, kind = "ClusterRoleBinding") =>
  bindings.find((one) => one.kind === kind && one.metadata.name === name);

describe("the cluster's bindings", () => {
  it("allow a host with a bootstrap token to request its first certificate", () =>
    expect(named("kubelet-bootstrap")).to.deep.include({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:node-bootstrapper" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:bootstrappers" }],
    }));
  it("allow the approver to approve only serving certificates of kubelets", () => {
    const rules = JSON.stringify(named("kubeplay:kubelet-csr-approver", "ClusterRole")?.rules);
    expect(rules).to.contain('"resourceNames":["kubernetes.io/kubelet-serving"]').and.not.to.contain("*");
  });
  it("have unique names", () => {
    const names = bindings.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).to.equal(names.length);
  });
});
