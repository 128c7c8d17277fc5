import { expect } from "chai";
import type { Target } from "#engine/connection/types.ts";
import { asUser } from "#engine/runner/execute/task-targets.ts";

describe("the user that a task is done by", () => {
  const target: Target = {
    name: "a",
    connection: "ssh",
    address: "192.0.2.1",
    port: 22,
    user: "debian",
    jumps: [],
    knownHostsFiles: [],
    hostKeyChecking: true,
    connectTimeout: 10,
  };
  const becoming = { ...target, become: { user: "postgres" } };
  const withPassword = { ...target, becomePassword: "hunter2" };

  it("is that of the inventory if neither the task nor the play names one", () => {
    expect(asUser(target, undefined, false)).to.equal(target);
    expect(asUser(becoming, undefined, false)).to.equal(becoming);
  });

  it("is root if the play becomes root, unless the inventory names another one", () => {
    expect(asUser(target, undefined, true)).to.deep.equal({ ...target, become: { user: "root" } });
    expect(asUser(becoming, undefined, true)).to.equal(becoming);
  });

  it("is the task's above all", () => {
    for (const isRoot of [true, false]) {
      expect(asUser(target, "kim", isRoot).become).to.deep.equal({ user: "kim" });
      expect(asUser(becoming, "kim", isRoot).become).to.deep.equal({ user: "kim" });
    }
  });

  it("is changed with the password of the inventory", () => {
    expect(asUser(withPassword, "kim", false).become).to.deep.equal({ user: "kim", password: "hunter2" });
  });
});
