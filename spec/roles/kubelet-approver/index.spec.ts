import { expect } from "chai";
import { kubeletApprover, kubeletServing } from "#roles/kubelet-approver/index.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = {
  masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } },
  nodes: { hosts: { "node-1": { ansible_host: "192.0.2.21", node_address: "10.0.0.21" } } },
  admin: { hosts: hosts("desk") },
};

describe("the role kubelet-approver", () => {
  it("accepts only masters and nodes, at the addresses that hosts use among each other", () => {
    const { props } = taskCalled(tasksOf(kubeletApprover, { inventory, host: "master-1" }), "Write the approver");
    const { nodes } = (props as { values: { nodes: readonly string[] } }).values;
    expect(nodes.map((row) => row.split(" ").slice(0, 2))).to.deep.equal([
      ["master-1", "10.0.0.11:10250"],
      ["node-1", "10.0.0.21:10250"],
    ]);
  });

  it("waits for all kubelets on one master", () => {
    for (const { once } of tasksOf(kubeletServing, { inventory, host: "master-1" })) expect(once).to.be.true;
  });
});
