import { expect } from "chai";
import { defineAction, defineResource, defineRole, endHost, handler, read, restart, type Task } from "kubeplay";
import type { CommandOptions } from "#engine/connection/types.ts";
import { InterruptedError, UnreachableError } from "#engine/errors.ts";
import { Throttles } from "#engine/runner/coordinate/throttles.ts";
import type { RunEvent, TaskResult } from "#engine/runner/events/events.ts";
import { checkMode, runMode } from "#engine/runner/execute/mode.ts";
import { Reads } from "#engine/runner/execute/reads.ts";
import { TaskProps } from "#engine/runner/execute/task-props.ts";
import { TaskReporter } from "#engine/runner/execute/task-reporter.ts";
import { TaskRunner, type TaskRunnerOptions } from "#engine/runner/execute/task-runner.ts";
import type { TaskTarget } from "#engine/runner/execute/task-targets.ts";
import { PendingHandlers } from "#engine/runner/handlers/pending-handlers.ts";
import type { PlannedTask } from "#engine/runner/plan/plan.ts";
import { Outputs } from "#engine/runner/state/outputs.ts";
import { Lamps, red, type LampProps, type LampResource } from "./lamps.ts";

describe("a task that runs alone", () => {
  let lamps: Lamps;
  let outputs: Outputs;
  let events: RunEvent[];
  let owed: string[];
  let pendingHandlers: PendingHandlers;
  let own: TaskTarget;
  beforeEach(() => {
    lamps = new Lamps();
    outputs = new Outputs("a", new Map());
    [events, owed] = [[], []];
    pendingHandlers = new PendingHandlers(new Set(), (keys) => (owed = [...keys]));
    own = targetOf(lamps);
  });

  const targetOf = (of: Lamps, change: Partial<TaskTarget> = {}): TaskTarget => ({
    states: of.states(),
    mode: runMode(of.writer),
    lock: () => Promise.resolve(undefined),
    renew: () => Promise.resolve(),
    ...change,
  });
  const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [] });
  const planned = (task: Task): PlannedTask => ({ id: task.name, role, roleId: "app", task, tags: [], handler: false });
  const runner = (change: Partial<TaskRunnerOptions> = {}) => {
    const taskProps = new TaskProps(outputs);
    return new TaskRunner({
      host: "a",
      grow: () => undefined,
      own,
      elsewhere: () => Promise.reject(new UnreachableError("b", "gone")),
      taskProps,
      outputs,
      reads: new Reads(taskProps, outputs),
      pendingHandlers,
      reporter: new TaskReporter({ play: "Play", host: "a", emit: (event) => events.push(event) }),
      throttles: new Throttles(),
      diff: false,
      stopping: () => false,
      ended: new AbortController().signal,
      ...change,
    });
  };
  const run = async (task: Task, change: Partial<TaskRunnerOptions> = {}) => {
    const ended = await runner(change).run(planned(task), () => []);
    const results = events.filter((event): event is TaskResult => event.type === "task");
    expect(results, "each is reported once").to.have.length(1);
    return { ended, result: results[0]! };
  };
  const again = handler("Again", restart("Restart it", { name: "x" }));
  const lampOf = (change: Partial<LampResource> = {}) =>
    defineResource<LampProps, { colour: string | undefined; volts: number | undefined }, object, string | undefined>({
      ...lamps.lamp,
      ...change,
    });
  const lamp = (change: Partial<LampResource> = {}) => lampOf(change)("Paint it", red);
  /** Fails so often, and works then. */
  const failing = (times: number, error: () => Error = () => new Error("no paint")) => {
    let left = times;
    return lamp({
      apply: () => [
        "try",
        { onController: () => (left-- > 0 ? Promise.reject(error()) : Promise.resolve()) },
        "paint hall red",
      ],
    });
  };
  const tries = () => lamps.log.filter((line) => line === "try").length;
  const progress = () => events.flatMap((event) => (event.type === "progress" ? [event.line] : []));

  it("is a change with its label, differences, output and handlers", async () => {
    const task = lamp().notify(again);
    const { ended, result } = await run(task);
    expect(ended).to.equal("changed");
    expect(result).to.deep.include({ outcome: "changed", label: "hall", kind: "lamp" });
    expect(result.differences).to.deep.equal([{ what: "colour", before: undefined, after: "red" }]);
    expect(result).to.not.have.any.keys("message", "transient", "ignored");
    expect(outputs.of(task)?.value).to.equal("red");
    expect(owed).to.deep.equal(["app\0Again"]);
  });

  it("is ok where nothing differs, and takes its notification back where its answer says that nothing changed", async () => {
    lamps.colours.set("hall", "red");
    expect((await run(lamp().notify(again))).ended).to.equal("ok");
    lamps.colours.clear();
    events.splice(0);
    own.states.forget();
    const { ended, result } = await run(lamp({ judge: () => "ok" }).notify(again));
    expect([ended, result.differences]).to.deep.equal(["ok", []]);
    expect(owed).to.deep.equal([]);
  });

  it("names the subjects that changed", async () => {
    const label = (task: Task) => run(task).then(({ result }) => result.label);
    const labelOfChange: LampResource["labelOfChange"] = (found, p) => `${found[0]?.what ?? ""} of ${p.name}`;
    expect(await label(lamp({ labelOfChange }))).to.equal("colour of hall");
    events.splice(0);
    expect(await label(lamp({ labelOfChange })), "nothing changed").to.equal("hall");
  });

  it("is skipped where its conditions do not hold, and fails where one throws", async () => {
    const made = read("Read it", { run: "true" });
    outputs.keep(made, { stdout: "", stderr: "", code: 0 });
    const skipped = await run(lamp().when(made.output.map(() => false)));
    expect([skipped.ended, skipped.result.outcome]).to.deep.equal(["skipped", "skipped"]);
    events.splice(0);
    const broken = made.output.map((): boolean => {
      throw new Error("no condition");
    });
    const { ended, result } = await run(lamp().when(broken));
    expect(ended).to.equal("failed");
    expect(result.message).to.include("no condition");
    expect(lamps.log).to.deep.equal([]);
  });

  it("without an output that it needs fails in a run, and is a change in a check", async () => {
    const made = read("Read it", { run: "true" });
    const text = made.output.map(({ stdout }) => stdout);
    const message = "it needs the output of a task that did not run";
    for (const task of [lampOf()("Paint it", { ...red, colour: text }), lamp().when(text.map(Boolean))]) {
      expect((await run(task)).result).to.include({ outcome: "failed", message });
      events.splice(0);
      expect((await run(task, { own: { ...own, mode: checkMode } })).result).to.include({ outcome: "changed" });
      events.splice(0);
    }
  });

  describe("and fails", () => {
    it("tells its label, its differences and why", async () => {
      const { ended, result } = await run(failing(1).notify(again));
      expect(ended).to.equal("failed");
      expect(result).to.include({ outcome: "failed", label: "hall" });
      expect(result.message).to.include("no paint");
      expect(result.differences).to.have.length(1);
      expect(owed, "it may have been half done").to.deep.equal(["app\0Again"]);
    });

    it("has no label if that fails too", async () => {
      const label = (): never => {
        throw new Error("no name");
      };
      expect((await run(lamp({ label }))).result).to.include({ outcome: "failed", label: "" });
    });

    it("is tried again as often as it may, and tells each failure", async () => {
      expect((await run(failing(2).retry({ attempts: 3, delay: 0 }))).ended).to.equal("changed");
      expect(progress().map((line) => line.replace(/ \(at .*/, ""))).to.deep.equal([
        "failed, 2 tries left: unexpected Error: no paint",
        "failed, 1 try left: unexpected Error: no paint",
      ]);
      expect(tries()).to.equal(3);
    });

    it("is a change where an attempt before made it", async () => {
      let left = 1;
      const step = { onController: () => (left-- > 0 ? Promise.reject(new Error("late")) : Promise.resolve()) };
      const task = lamp({ apply: () => ["paint hall red", step] });
      const { ended, result } = await run(task.retry({ attempts: 2, delay: 0 }).notify(again));
      expect([ended, result.differences.length]).to.deep.equal(["changed", 1]);
      expect(owed).to.deep.equal(["app\0Again"]);
    });

    it("is not tried more often than that, nor at all without being told to, in a check, or at the end of the run", async () => {
      expect((await run(failing(3).retry({ attempts: 2, delay: 0 }))).ended).to.equal("failed");
      expect(tries()).to.equal(2);
      for (const [task, change] of [
        [failing(1), {}],
        [failing(1).retry({ attempts: 5, delay: 0 }), { stopping: () => true }],
        [failing(1, () => new UnreachableError("a", "gone")).retry({ attempts: 5, delay: 0 }), {}],
      ] as const) {
        lamps.log.splice(0);
        events.splice(0);
        await run(task, change);
        expect(tries()).to.equal(1);
      }
    });

    it("fails also if its output is not what it waits for, but not in a check", async () => {
      const task = lamp().retry({ attempts: 2, delay: 0, until: (output) => output === "blue" });
      expect((await run(task)).result).to.include({
        outcome: "failed",
        message: "its output is not what is waited for",
      });
      events.splice(0);
      expect((await run(task, { own: targetOf(lamps, { mode: checkMode }) })).ended).to.equal("ok");
    });

    it("lets the host go on if errors are ignored, but not if the host is lost or the run interrupted", async () => {
      const ignored = await run(failing(1).ignoreErrors());
      expect(ignored.ended).to.equal("ok");
      expect(ignored.result).to.include({ outcome: "failed", ignored: true });
      for (const [error, outcome] of [
        [new UnreachableError("a", "gone"), "unreachable"],
        [new InterruptedError("stop"), "failed"],
      ] as const) {
        events.splice(0);
        const { ended, result } = await run(failing(1, () => error).ignoreErrors());
        expect([ended, result.outcome]).to.deep.equal([outcome, outcome]);
        expect(result).to.not.have.property("ignored");
      }
    });
  });

  describe("on another host, or as another user", () => {
    it("is done there, where it asks for nothing of later tasks", async () => {
      const others = new Lamps();
      const asked: unknown[] = [];
      const elsewhere = (...where: unknown[]) => {
        asked.push(where);
        return Promise.resolve(targetOf(others));
      };
      const never = () => expect.fail("later tasks are not done there");
      for (const task of [lamp().delegateTo("b"), lamp().become("kim"), lamp().delegateTo("b").become("kim")])
        await runner({ elsewhere }).run(planned(task), never);
      expect(asked).to.deep.equal([
        ["b", undefined],
        [undefined, "kim"],
        ["b", "kim"],
      ]);
      expect(others.colours.get("hall")).to.equal("red");
      expect(lamps.log).to.not.include("paint hall red");
    });

    it("is unreachable if that host is", async () => {
      expect((await run(lamp().delegateTo("b"))).result).to.include({ outcome: "unreachable", label: "hall" });
    });

    it("asks on its own host for what later tasks need", async () => {
      await runner().run(planned(lamp()), () => [lamps.colour("cellar")]);
      expect(lamps.log[0]).to.equal("ask hall cellar");
    });
  });

  describe("and acts", () => {
    const act = defineAction({
      kind: "ring",
      label: ({ name }: { readonly name: string }) => `bell of ${name}`,
      steps: ({ name }) => [`ring ${name}`],
    });

    it("is always a change, which settles later handlers", async () => {
      pendingHandlers.add("app", [again]);
      const { ended, result } = await run(act("Ring", { name: "hall" }));
      expect(ended).to.equal("changed");
      expect(result).to.include({ kind: "ring", label: "bell of hall" });
      const settled = { role, roleId: "app", handler: again };
      expect(pendingHandlers.isSettled(settled, { kind: "ring", label: "bell of hall" })).to.equal(true);
      expect(lamps.log).to.deep.equal(["ring hall"]);
    });

    it("tells its label if it fails", async () => {
      lamps.fails = { code: 1, stderr: "no bell" };
      expect((await run(act("Ring", { name: "hall" }))).result).to.include({
        outcome: "failed",
        label: "bell of hall",
        message: "exit code 1: no bell",
      });
    });

    it("acts anew after another run was at work, and not at all if it no longer applies", async () => {
      let holds = true;
      const made = read("Read it", { run: "true" });
      outputs.keep(made, { stdout: "", stderr: "", code: 0 });
      let times = 0;
      const lock = () => {
        if (++times === 1) own.states.tookOver();
        return Promise.resolve(undefined);
      };
      own = targetOf(lamps, { lock });
      const task = act("Ring", { name: "hall" }).when(made.output.map(() => holds));
      expect((await run(task)).ended).to.equal("changed");
      expect([times, lamps.log]).to.deep.equal([2, ["ring hall"]]);
      events.splice(0);
      times = 0;
      own = targetOf(lamps, {
        lock: () => {
          holds = false;
          return lock();
        },
      });
      const { result } = await run(task);
      expect(result).to.include({ outcome: "ok", label: "bell of hall" });
      expect(lamps.log).to.deep.equal(["ring hall"]);
    });
  });

  it("does not begin if the run ends while it waits for its turn", async () => {
    expect(await runner({ stopping: () => true }).run(planned(lamp().throttle(1)), () => [])).to.equal("skipped");
    expect([events, lamps.log]).to.deep.equal([[], []]);
    expect((await run(lamp().throttle(1))).ended).to.equal("changed");
  });

  it("gives its commands the variables of the play and its own, its limit, and reads as much as is asked for", async () => {
    const given: CommandOptions[] = [];
    const watched = (task: Task, taken = false) => {
      outputs = new Outputs("a", new Map(), () => taken);
      const writer = {
        ...lamps.writer,
        run: (script: string, options?: CommandOptions) => (given.push(options!), lamps.writer.run(script)),
      };
      lamps.colours.clear();
      events.splice(0);
      return run(task, { own: targetOf(lamps, { mode: runMode(writer) }), environment: { A: "play", B: "play" } });
    };
    await watched(lamp().environment({ B: "task" }).timeout(5));
    await watched(lamp({ judge: () => "changed" }));
    await watched(lamp({ judge: () => "changed", apply: () => [{ sh: "paint hall red", judgedByCode: true }] }));
    await watched(lamp(), true);
    expect(given[0]).to.deep.include({ environment: { A: "play", B: "task" }, timeout: 5 });
    expect(given.map(({ unread }) => unread)).to.deep.equal([true, false, true, false]);
  });

  it("is approved before it changes something, in a check too", async () => {
    const told: unknown[] = [];
    const approve: TaskRunnerOptions["approve"] = ({ differences, steps }) => {
      told.push([differences.length, steps?.length]);
      return Promise.resolve();
    };
    await run(lamp(), { approve });
    events.splice(0);
    const check = targetOf(new Lamps(), { mode: checkMode });
    await run(lampOf({ needs: () => ({ colour: lamps.colour("attic"), volts: lamps.volts("attic") }) })("Check", red), {
      approve,
      own: check,
    });
    expect(told).to.deep.equal([
      [1, 1],
      [1, 1],
    ]);
    events.splice(0);
    const refuse = () => Promise.reject(new Error("not in the plan"));
    lamps.colours.clear();
    own.states.forget();
    lamps.log.splice(0);
    const { result } = await run(lamp().notify(again), { approve: refuse });
    expect([result.outcome, result.differences, owed]).to.deep.equal(["failed", [], []]);
    expect(lamps.log).to.not.include("paint hall red");
  });

  it("shows warnings, and is no task that steers the run", async () => {
    await run(lamp({ warnings: () => ["the paint is old"] }));
    expect(events).to.deep.include({ type: "notice", message: "the paint is old" });
    events.splice(0);
    expect((await run(endHost("End"))).result.message).to.include("end host is not for one task to do");
  });
});
