import { expect } from "chai";
import { kubeletApprover, kubeletServing } from "#roles/kubelet-approver/index.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = {
  masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" }, "master-2": { ansible_host: "10.0.0.12" } } },
  nodes: { hosts: { "node-1": { ansible_host: "192.0.2.21", node_address: "10.0.0.21" } } },
  admin: { hosts: hosts("desk") },
};

describe("the role kubelet-approver", () => {
  it("accepts only masters and nodes, at the addresses that hosts use among each other", () => {
    const { props } = taskCalled(tasksOf(kubeletApprover, { inventory, host: "master-1" }), "Write the approver");
    const { nodes } = (props as { values: { nodes: readonly string[] } }).values;
    expect(nodes.map((row) => row.split(" ").slice(0, 2))).to.deep.equal([
      ["master-1", "10.0.0.11:10250"],
      ["master-2", "10.0.0.12:10250"],
      ["node-1", "10.0.0.21:10250"],
    ]);
  });

  it("leaves a request to the first master for a moment", () => {
    const delays = ["master-1", "master-2"].map((host) => {
      const { props } = taskCalled(tasksOf(kubeletApprover, { inventory, host }), "Write the approver");
      return (props as { values: { delay: number } }).values.delay;
    });
    expect(delays).to.deep.equal([0, 2]);
  });

  it("waits for all kubelets on one master", () => {
    for (const { once } of tasksOf(kubeletServing, { inventory, host: "master-1" })) expect(once).to.be.true;
  });
});
