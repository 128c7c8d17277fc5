import { expect } from "chai";
import { kubeletApprover } from "#roles/kubelet-approver/index.ts";
import { master, renderedBy } from "../setting.ts";

describe("the approver's timer", () => {
  it("starts the approver at the given interval, and soon after a boot", () => {
    const setting = { hosts: [master("a", "10.0.0.11")], vars: { kubelet_approver_interval: 600 } };
    const timer = renderedBy(kubeletApprover, setting, "Write its timer");
    expect(timer.split("\n")).to.include.members(["OnBootSec=30", "OnUnitActiveSec=600"]);
  });
});
