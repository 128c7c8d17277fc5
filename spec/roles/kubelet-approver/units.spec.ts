import { expect } from "chai";
import { timerFile } from "#roles/kubelet-approver/units.ts";

describe("the approver's timer", () => {
  it("looks as often as it is told, and soon after a boot", () => {
    expect(timerFile(600).split("\n")).to.include.members(["OnBootSec=30", "OnUnitActiveSec=600"]);
  });
});
