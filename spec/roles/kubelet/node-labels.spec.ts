import { expect } from "chai";
import { nodeLabels } from "#roles/kubelet/index.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = {
  masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" }, both: { ansible_host: "10.0.0.12" } } },
  nodes: { hosts: hosts("node-1", "both") },
  admin: { hosts: hosts("desk") },
};
const tasks = tasksOf(nodeLabels, { inventory, host: "master-1" });
const labels = (name: string): unknown =>
  (taskCalled(tasks, `Label ${name}`).props as { manifest: { metadata: { labels: unknown } } }).manifest.metadata
    .labels;

describe("the nodes' labels", () => {
  it("follow the groups of the inventory", () => {
    expect(labels("master-1")).to.deep.equal({ "node-role.kubernetes.io/control-plane": "" });
    expect(labels("node-1")).to.deep.equal({ "node-role.kubernetes.io/worker": "" });
    expect(labels("both")).to.deep.equal({
      "node-role.kubernetes.io/control-plane": "",
      "node-role.kubernetes.io/worker": "",
    });
  });

  it("are set on nodes only, once for all masters, through any master", () => {
    for (const task of tasks) expect(task.once, task.name).to.be.true;
    expect(tasks.map(({ name }) => name)).to.deep.equal(["Label master-1", "Label both", "Label node-1"]);
    expect(tasks[0]?.props).to.have.deep.property("servers", ["https://10.0.0.11:6443", "https://10.0.0.12:6443"]);
  });
});
