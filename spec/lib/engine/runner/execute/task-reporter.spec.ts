import { expect } from "chai";
import { barrier, command, daemonReload, defineRole, file, unknown } from "kubeplay";
import { TaskReporter } from "#engine/runner/execute/task-reporter.ts";
import { notAsked } from "#engine/runner/events/events.ts";
import type { RunEvent } from "#engine/runner/index.ts";
import type { PlannedTask } from "#engine/runner/plan/plan.ts";
import type { Task } from "#engine/tasks/task.ts";

describe("the report of a task", () => {
  const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [] });
  let events: RunEvent[];
  let reporter: TaskReporter;
  beforeEach(() => {
    events = [];
    reporter = new TaskReporter({ play: "Play", host: "a", emit: (event) => events.push(event) });
  });
  const planned = (task: Task): PlannedTask => ({ id: "1", role, roleId: "app", task, tags: [], handler: false });
  const write = file("Write", { dest: "/x", content: "" });
  const started = Date.now();

  it("names the task and its kind, and nothing that does not apply", () => {
    const before = Date.now() - 90_000;
    expect(reporter.report(planned(write), "ok", { started: before })).to.equal("ok");
    const { seconds, ...event } = events[0] as Extract<RunEvent, { type: "task" }>;
    expect(seconds)
      .to.be.at.least(90)
      .and.at.most((Date.now() - before) / 1000);
    expect(event).to.deep.equal({
      type: "task",
      play: "Play",
      host: "a",
      role: "app",
      task: "Write",
      handler: false,
      id: "1",
      kind: "file",
      label: "",
      outcome: "ok",
      differences: [],
    });
  });

  it("has the kind of a resource, of an action and of a meta task", () => {
    for (const task of [write, daemonReload("Reload", {}), barrier("Meet")])
      reporter.report(planned(task), "ok", { started });
    expect(events.map((event) => event.type === "task" && event.kind)).to.deep.equal([
      "file",
      "daemon-reload",
      "barrier",
    ]);
  });

  it("names another host that did it, and not the own", () => {
    for (const host of ["b", "a"]) reporter.report(planned(write.delegateTo(host)), "ok", { started });
    expect(events[0]).to.include({ delegatedTo: "b" });
    expect(events[1]).to.not.have.property("delegatedTo");
  });

  it("counts failures, without those that are ignored or rescued", () => {
    for (const outcome of ["ok", "changed", "skipped", "unreachable"] as const)
      reporter.report(planned(write), outcome, { started });
    expect(reporter.failures).to.equal(0);
    reporter.report(planned(write), "failed", { started, message: "no", transient: true });
    reporter.report(planned(write), "failed", { started, ignored: true });
    expect(reporter.failures).to.equal(1);
    expect(events.at(-2)).to.include({ message: "no", transient: true });
    expect(events.at(-1)).to.include({ ignored: true });
    reporter.rescued("Several", 1);
    expect(reporter.failures).to.equal(0);
    expect(events.at(-1)).to.deep.equal({ type: "rescued", play: "Play", host: "a", block: "Several", failures: 1 });
  });

  it("shows what is unknown in words, and nothing of a secret", () => {
    const differences = [
      { what: "mode", before: "0600", after: "0644" },
      { what: "content", before: unknown, after: unknown },
      { what: "token", before: "old", after: "new", secret: true },
      { what: "path /hunter2", shownAs: "path", before: 1, after: 2, always: true },
    ];
    reporter.report(planned(command("Run", { run: "true" })), "changed", { started, differences });
    expect((events[0] as Extract<RunEvent, { type: "task" }>).differences).to.deep.equal([
      { what: "mode", before: "0600", after: "0644" },
      { what: "content", before: notAsked, after: "(known after apply)" },
      { what: "token", before: "(secret)", after: "(secret)" },
      { what: "path", before: 1, after: 2, always: true },
    ]);
  });

  it("tells a retry from other progress", () => {
    reporter.progress(planned(write), started, "half done");
    reporter.progress(planned(write), started, "failed", { retried: true });
    expect(events[0]).to.include({ type: "progress", role: "app", task: "Write", line: "half done" });
    expect(events[0]).to.not.have.property("retried");
    expect(events[1]).to.include({ retried: true });
  });
});
