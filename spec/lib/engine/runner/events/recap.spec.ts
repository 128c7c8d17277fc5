import { expect } from "chai";
import type { Outcome, RunEvent } from "#engine/runner/index.ts";
import { Recap } from "#engine/runner/events/recap.ts";

const task = (host: string, outcome: Outcome): RunEvent => ({
  type: "task",
  id: "",
  play: "P",
  role: "r",
  task: "T",
  handler: false,
  kind: "file",
  label: "/x",
  differences: [],
  seconds: 0,
  host,
  outcome,
});
function recap(...events: readonly RunEvent[]): Recap {
  const made = new Recap();
  for (const event of events) made.count(event);
  return made;
}
const lost: RunEvent = { type: "unreachable", play: "P", host: "b", message: "" };

describe("a recap", () => {
  it("counts as Ansible does: what changed is also ok", () => {
    const { hosts } = recap(task("a", "ok"), task("a", "changed"), task("a", "skipped"), task("a", "failed"), lost);
    expect(hosts.a).to.deep.equal({
      ok: 2,
      changed: 1,
      unreachable: 0,
      failed: 1,
      skipped: 1,
      rescued: 0,
      ignored: 0,
    });
    expect(hosts.b).to.include({ unreachable: 1, ok: 0 });
  });

  it("lists hosts that had nothing to do, in the order of their numbers", () => {
    const { hosts } = recap({ type: "play started", play: "P", hosts: ["n-10", "n-2", "m-1"] });
    expect(Object.keys(hosts)).to.deep.equal(["m-1", "n-2", "n-10"]);
  });

  it("gives Ansible's code: 4 where a host was unreachable, 2 where one failed, else 0", () => {
    expect(recap(task("a", "changed")).code).to.equal(0);
    expect(recap(task("a", "failed")).code).to.equal(2);
    expect(recap(lost).code).to.equal(4);
    expect(recap(task("a", "unreachable")).code).to.equal(4);
    expect(recap(task("a", "failed"), lost).code).to.equal(4);
  });
});
