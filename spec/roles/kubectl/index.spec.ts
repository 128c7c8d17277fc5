import path from "node:path";
import { expect } from "chai";
import { kubectl } from "#roles/kubectl/index.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = {
  all: { vars: { cluster_name: "east" } },
  masters: { hosts: hosts("cp-1") },
  admin: { hosts: hosts("desk") },
};

describe("the role kubectl", () => {
  it("has nothing to do on hosts that are not in the group admin", () => {
    expect(tasksOf(kubectl, { inventory, host: "cp-1" })).to.deep.equal([]);
  });

  it("copies to an admin's host, for root only, the kubeconfig that uses the host's own proxy", () => {
    const tasks = tasksOf(kubectl, { inventory, host: "desk" });
    expect(taskCalled(tasks, "Copy the admin's kubeconfig").props).to.include({
      src: path.resolve(".kubeplay/east/kubeconfigs/admin-on-hosts.kubeconfig"),
      dest: "/root/.kube/config",
      mode: 0o600,
      secret: true,
    });
  });
});
