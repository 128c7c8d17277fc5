import { expect } from "chai";
import { defineResource, defineRole, handler, read, restart, type Task } from "kubeplay";
import { UnreachableError } from "#engine/errors.ts";
import type { RunEvent } from "#engine/runner/events/events.ts";
import { runMode } from "#engine/runner/execute/mode.ts";
import { Pipeline } from "#engine/runner/execute/pipeline.ts";
import { PipelinedTasks, type PipelinedTasksOptions } from "#engine/runner/execute/pipelined-tasks.ts";
import { Reads } from "#engine/runner/execute/reads.ts";
import { TaskProps } from "#engine/runner/execute/task-props.ts";
import { TaskReporter } from "#engine/runner/execute/task-reporter.ts";
import type { TaskTarget } from "#engine/runner/execute/task-targets.ts";
import { PendingHandlers } from "#engine/runner/handlers/pending-handlers.ts";
import type { PlannedTask } from "#engine/runner/plan/plan.ts";
import { Outputs } from "#engine/runner/state/outputs.ts";
import { Lamps, type LampProps, type LampResource } from "./lamps.ts";

describe("tasks whose changes go out together", () => {
  let lamps: Lamps;
  let own: TaskTarget;
  let outputs: Outputs;
  let events: RunEvent[];
  let owed: string[];
  let pendingHandlers: PendingHandlers;
  beforeEach(() => {
    lamps = new Lamps();
    own = {
      states: lamps.states(),
      mode: runMode(lamps.writer),
      lock: () => Promise.resolve(undefined),
      renew: () => Promise.resolve(),
    };
    outputs = new Outputs("a", new Map());
    [events, owed] = [[], []];
    pendingHandlers = new PendingHandlers(new Set(), (keys) => (owed = [...keys]));
  });

  const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [] });
  const planned = (task: Task): PlannedTask => ({ id: task.name, role, roleId: "app", task, tags: [], handler: false });
  const lamp = (name: string, change: Partial<LampResource> = {}): Task =>
    defineResource<LampProps, { colour: string | undefined; volts: number | undefined }, object, string | undefined>({
      ...lamps.lamp,
      ...change,
    })(`Paint ${name}`, { name, colour: "red" });
  const pipelined = (change: Partial<PipelinedTasksOptions> = {}) => {
    const taskProps = new TaskProps(outputs);
    const tasks = new PipelinedTasks({
      own,
      taskProps,
      outputs,
      reads: new Reads(taskProps, outputs),
      pendingHandlers,
      reporter: new TaskReporter({ play: "Play", host: "a", emit: (event) => events.push(event) }),
      diff: false,
      stopping: () => false,
      pipeline: new Pipeline(lamps.writer, own.states),
      ...change,
    });
    const join = async (task: Task) => {
      if (!("resource" in task.does)) throw new Error("it acts");
      return tasks.join(planned(task), task.does.resource, () => []);
    };
    return { join, settled: () => tasks.settled() };
  };
  const told = () =>
    events.flatMap((event) => (event.type === "task" ? [`${event.task}: ${event.outcome} ${event.label}`.trim()] : []));
  const again = handler("Again", restart("Restart it", { name: "x" }));
  const other = handler("Other", restart("Restart another", { name: "y" }));

  it("are told in their order once all are known, those that changed nothing among them", async () => {
    lamps.colours.set("two", "red");
    const { join, settled } = pipelined();
    const [one, two, three] = [lamp("one"), lamp("two"), lamp("three").when(false)];
    for (const task of [one, two, three]) expect(await join(task)).to.equal("joined");
    expect(await settled()).to.equal(undefined);
    expect(told()).to.deep.equal(["Paint one: changed one", "Paint two: ok two", "Paint three: skipped"]);
    expect([one, two].map((task) => outputs.of(task)?.value)).to.deep.equal(["red", "red"]);
    expect(await settled(), "there is nothing left").to.equal(undefined);
  });

  it("are told at once if nothing is under way", async () => {
    lamps.colours.set("one", "red");
    const { join } = pipelined();
    await join(lamp("one"));
    await join(lamp("two").when(false));
    expect(told()).to.deep.equal(["Paint one: ok one", "Paint two: skipped"]);
  });

  it("have their handlers notified before the first step, and settle those of others once they are made", async () => {
    const { join, settled } = pipelined();
    pendingHandlers.add("app", [other]);
    await join(lamp("one").notify(again));
    expect(owed).to.deep.equal(["app\0Other", "app\0Again"]);
    const by = { kind: "lamp", label: "one", what: "colour" };
    const isSettled = (one: typeof again) => pendingHandlers.isSettled({ role, roleId: "app", handler: one }, by);
    expect([other, again].map(isSettled)).to.deep.equal([false, false]);
    await settled();
    expect(owed).to.deep.equal(["app\0Other", "app\0Again"]);
    expect([other, again].map(isSettled), "its own is of after the change").to.deep.equal([true, false]);
  });

  it("name the subjects that changed, and show warnings", async () => {
    const { join, settled } = pipelined();
    await join(
      lamp("one", {
        labelOfChange: (found, p) => `${found[0]?.what ?? ""} of ${p.name}`,
        warnings: () => ["the paint is old"],
      }),
    );
    await settled();
    expect(told()).to.deep.equal(["Paint one: changed colour of one"]);
    expect(events[0]).to.deep.equal({ type: "notice", message: "the paint is old" });
  });

  describe("run alone", () => {
    const made = read("Read it", { run: "true" });
    const waiting = () =>
      defineResource(lamps.lamp)("Paint later", { name: made.output.map(({ stdout }) => stdout), colour: "red" });
    const diff = (): never => {
      throw new Error("there is no lamp");
    };
    const cases: Readonly<Record<string, () => Task>> = {
      "if they wait": () => lamp("one", { waits: true }),
      "if their answer is judged": () => lamp("one", { judge: () => "changed" }),
      "if they touch everything": () => lamp("one", { effects: () => ["everything"] }),
      "if an output is missing": waiting,
      "if they cannot be compared": () => lamp("one", { diff }),
    };
    for (const [why, task] of Object.entries(cases))
      it(why, async () => {
        const { join, settled } = pipelined();
        expect(await join(task().notify(again))).to.equal("alone");
        expect(await settled()).to.equal(undefined);
        expect([told(), owed]).to.deep.equal([[], []]);
        expect(lamps.log.filter((line) => line.startsWith("paint"))).to.deep.equal([]);
      });

    it("if another run was at work before the lock was had, or they are not allowed", async () => {
      const lock = () => {
        own.states.tookOver();
        return Promise.resolve(undefined);
      };
      expect(await pipelined({ own: { ...own, lock } }).join(lamp("one").notify(again))).to.equal("alone");
      const approve = () => Promise.reject(new Error("not in the plan"));
      expect(await pipelined({ approve }).join(lamp("one").notify(again))).to.equal("alone");
      expect(owed).to.deep.equal([]);
      expect(lamps.colours.size).to.equal(0);
    });

    it("and not if approved, which the steps and differences are told for", async () => {
      const approved: unknown[] = [];
      const approve: PipelinedTasksOptions["approve"] = ({ planned: { id }, differences, steps }) =>
        Promise.resolve(void approved.push([id, differences.length, steps]));
      const { join, settled } = pipelined({ approve });
      expect(await join(lamp("one"))).to.equal("joined");
      await settled();
      expect(approved).to.deep.equal([["Paint one", 1, ["paint one red"]]]);
    });
  });

  it("end at one that fails, whose handlers are owed, and forget what was known", async () => {
    const { join, settled } = pipelined();
    await join(lamp("one").notify(again));
    lamps.fails = { code: 3, stderr: "no paint" };
    expect(await join(lamp("two").notify(other))).to.equal("joined");
    expect(await settled()).to.equal("failed");
    expect(told()).to.deep.equal(["Paint one: changed one", "Paint two: failed two"]);
    expect(events.at(-1)).to.include({ message: "exit code 3: no paint" });
    expect(owed).to.have.members(["app\0Other", "app\0Again"]);
    expect(own.states.has(lamps.colour("one"))).to.equal(false);
    expect(await settled(), "it is told once").to.equal(undefined);
  });

  it("end where the host is lost, and take back what was not run", async () => {
    const writer = { ...lamps.writer, run: () => Promise.reject(new UnreachableError("a", "gone")) };
    const { join, settled } = pipelined({ pipeline: new Pipeline(writer, own.states) });
    await own.states.ask(["one", "two"].flatMap((name) => [lamps.colour(name), lamps.volts(name)]));
    await join(lamp("one").notify(again));
    await join(lamp("two").notify(other));
    expect(await settled()).to.equal("unreachable");
    expect(told()).to.deep.equal(["Paint one: unreachable one"]);
    expect(owed).to.deep.equal(["app\0Again"]);
  });

  it("are settled before a task that needs what one of them makes, which is not compared after a failure", async () => {
    const { join } = pipelined();
    await join(lamp("one"));
    expect(await join(lamp("one")), "nothing is left to do").to.equal("joined");
    expect(told()).to.deep.equal(["Paint one: changed one", "Paint one: ok one"]);
    lamps.fails = { code: 3, stderr: "no paint" };
    await join(lamp("two"));
    lamps.fails = undefined;
    expect(await join(lamp("two"))).to.equal("failed");
    expect(told().slice(2)).to.deep.equal(["Paint two: failed two"]);
  });

  it("are never more than so many at once", async () => {
    const { join } = pipelined();
    const names = Array.from({ length: 65 }, (_, index) => `lamp${String(index)}`);
    await own.states.ask(names.flatMap((name) => [lamps.colour(name), lamps.volts(name)]));
    for (const name of names) expect(await join(lamp(name))).to.equal("joined");
    expect(told(), "the last one is under way").to.have.length(64);
  });
});
