import { expect } from "chai";
import { command, daemonReload, file, read, template, wait, type Task } from "kubeplay";
import { fakeConnection } from "#engine/connection/fake.ts";
import { checkMode, runMode } from "#engine/runner/execute/mode.ts";

describe("a task whose properties need an output that does not exist", () => {
  const changing: Readonly<Record<string, Task>> = {
    file: file("Write", { dest: "/x", content: "" }),
    template: template("Write", { dest: "/x", src: "x.hbs" }),
    command: command("Run", { run: "true" }),
    action: daemonReload("Reload", {}),
  };
  const reading: Readonly<Record<string, Task>> = {
    read: read("Read", { run: "true" }),
    wait: wait("Wait", { until: "true" }),
  };

  for (const [kind, task] of Object.entries(changing))
    it(`is a change in a check, known after apply: ${kind}`, () => {
      const { outcome, differences } = checkMode.withoutOutput(task);
      expect(outcome).to.equal("changed");
      expect(differences).to.have.length(1);
    });

  for (const [kind, task] of Object.entries(reading))
    it(`is no change in a check if it only reads or waits: ${kind}`, () =>
      expect(checkMode.withoutOutput(task)).to.deep.equal({ outcome: "ok" }));

  for (const [kind, task] of Object.entries({ ...changing, ...reading }))
    it(`fails in a run, because the other task was left out: ${kind}`, () =>
      expect(runMode(fakeConnection("a", [])).withoutOutput(task)).to.deep.equal({
        outcome: "failed",
        message: "it needs the output of a task that did not run",
      }));

  it("can be changed in a run alone", () => {
    const writer = fakeConnection("a", []);
    expect(runMode(writer).writer).to.equal(writer);
    expect(checkMode.writer).to.equal(undefined);
  });
});
