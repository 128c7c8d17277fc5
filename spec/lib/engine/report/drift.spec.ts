import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { DriftReport } from "#engine/report/index.ts";
import type { RunEvent, TaskResult } from "#engine/runner/index.ts";

const result = (change: Partial<TaskResult>): TaskResult => ({
  type: "task",
  id: "",
  play: "Play",
  host: "a",
  role: "app",
  task: "Write it",
  handler: false,
  kind: "file",
  label: "/etc/app",
  outcome: "changed",
  differences: [{ what: "mode", before: "0600", after: "0644" }],
  seconds: 0,
  ...change,
});

const of = (...events: RunEvent[]): DriftReport => {
  const drift = new DriftReport();
  for (const event of events) drift.take(event);
  return drift;
};

/** Colours depend on the terminal, and on environment variables such as CI. */
const plain = (drift: DriftReport): string[] => drift.lines.map(stripVTControlCharacters);

describe("a drift report", () => {
  it("has the host, the task, the resource, and the values now and before", () => {
    const drift = of(result({ host: "node-10" }), result({ host: "node-2", label: "" }));
    expect(drift.count).to.equal(2);
    expect(plain(drift)).to.deep.equal([
      "node-2: app : Write it",
      "    mode: 0600 → 0644",
      "node-10: app : Write it (file /etc/app)",
      "    mode: 0600 → 0644",
    ]);
  });

  it("leaves out unchanged tasks, handlers, and steps that run each time", () => {
    const always = { what: "run", before: undefined, after: "date", always: true };
    const drift = of(
      result({ outcome: "ok", differences: [] }),
      result({ handler: true }),
      result({ differences: [] }),
      result({ differences: [always] }),
    );
    expect([drift.count, plain(drift)]).to.deep.equal([0, []]);
  });

  it("ends with the hosts and tasks whose drift is unknown", () => {
    const drift = of(
      { type: "unreachable", play: "Play", host: "b", message: "no route" },
      result({ outcome: "failed", message: "no" }),
    );
    expect(drift.count).to.equal(0);
    expect(plain(drift)).to.deep.equal(["ERROR! b: unreachable: no route", "ERROR! a: Write it: no"]);
  });
});
