import { expect } from "chai";
import { defineAction, defineRole, handler, rollingHandler, wait, type Handler, type Task } from "kubeplay";
import { RollingQueue } from "#engine/runner/coordinate/rolling-queue.ts";
import type { Outcome, RunEvent } from "#engine/runner/events/events.ts";
import { TaskProps } from "#engine/runner/execute/task-props.ts";
import { TaskReporter } from "#engine/runner/execute/task-reporter.ts";
import type { TaskRunner } from "#engine/runner/execute/task-runner.ts";
import { HandlerRunner } from "#engine/runner/handler-runner.ts";
import { PendingHandlers } from "#engine/runner/handlers/pending-handlers.ts";
import type { PlannedTask } from "#engine/runner/plan/plan.ts";
import { Outputs } from "#engine/runner/state/outputs.ts";

describe("the runner of handlers", () => {
  let ran: PlannedTask[];
  let ends: Map<string, Outcome>;
  let events: RunEvent[];
  let pending: PendingHandlers;
  beforeEach(() => {
    [ran, events] = [[], []];
    ends = new Map();
    pending = new PendingHandlers(new Set(), () => undefined);
  });

  const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [] });
  const act = defineAction({
    kind: "ring",
    label: ({ name }: { readonly name: string }) => name,
    steps: () => [],
    settledBy: ({ name }) => {
      if (name === "broken") throw new Error("no bell");
      return { kind: "bell", label: name };
    },
  });
  const plain = defineAction({ kind: "call", label: () => "", steps: () => [] });
  const ring = (name: string, ...more: Task[]): Handler =>
    handler(`Ring ${name}`, act(`Ring ${name}`, { name }), ...more);
  const of = (handlers: readonly Handler[], rolling = new RollingQueue(3), host = "a") =>
    new HandlerRunner({
      host,
      handlers: handlers.map((one) => ({ role, roleId: "app", handler: one })),
      pendingHandlers: pending,
      taskProps: new TaskProps(new Outputs(host, new Map())),
      runner: {
        run: (planned: PlannedTask, ahead: () => unknown[]) => {
          expect(ahead()).to.deep.equal([]);
          ran.push(planned);
          return Promise.resolve(ends.get(planned.task.name) ?? "changed");
        },
      } as unknown as TaskRunner,
      reporter: new TaskReporter({ play: "Play", host, emit: (event) => events.push(event) }),
      rolling,
    });
  const names = () => ran.map(({ task }) => task.name);
  const never = () => false;
  const has = (one: Handler) => pending.has({ roleId: "app", handler: one });

  it("runs those that are notified, in the order of their first appearance, and each once", async () => {
    const all = ["1", "2", "3"].map((name) => ring(name));
    pending.add("app", [all[2]!, all[0]!]);
    expect(await of(all).run(never)).to.equal("done");
    expect(names()).to.deep.equal(["Ring 1", "Ring 3"]);
    expect(all.map(has)).to.deep.equal([false, false, false]);
    const [first] = ran;
    expect(first).to.include({ id: "app\0Ring 1", roleId: "app", handler: true });
    expect(first?.tags).to.deep.equal([]);
  });

  it("runs those that handlers notify, and comes to an end where two notify each other", async () => {
    const second = handler("Second", plain("Second", {}));
    const first = handler("First", plain("First", {}).notify(second));
    (second.tasks as Task[])[0] = plain("Second", {}).notify(first);
    pending.add("app", [first]);
    expect(await of([first, second]).run(never)).to.equal("done");
    expect(names()).to.deep.equal(["First", "Second"]);
    expect(has(first), "the next run goes on").to.equal(true);
  });

  it("notifies nothing by a task that changed nothing", async () => {
    const second = handler("Second", plain("Second", {}));
    const first = handler("First", plain("First", {}).notify(second));
    ends.set("First", "ok");
    pending.add("app", [first]);
    expect(await of([first, second]).run(never)).to.equal("done");
    expect(names()).to.deep.equal(["First"]);
  });

  for (const end of ["failed", "unreachable"] as const)
    it(`ends at a task that is ${end}, and what is left is still owed`, async () => {
      const [one, two] = [handler("One", plain("Fail", {}), plain("Never", {})), ring("2")];
      ends.set("Fail", end);
      pending.add("app", [one, two]);
      const runner = of([one, two]);
      expect(await runner.run(never)).to.equal(end);
      expect(names()).to.deep.equal(["Fail"]);
      expect([one, two].map(has)).to.deep.equal([true, true]);
      runner.rescued();
      expect([one, two].map(has), "a rescue answers a failure alone").to.deep.equal([end !== "failed", true]);
    });

  it("begins none once the run ends", async () => {
    const all = ["1", "2"].map((name) => ring(name));
    pending.add("app", all);
    expect(await of(all).run(() => ran.length > 0)).to.equal("stopped");
    expect(names()).to.deep.equal(["Ring 1"]);
    expect(all.map(has)).to.deep.equal([false, true]);
    expect(await of([]).run(() => true), "there are none").to.equal("done");
  });

  describe("where a change since has made a task needless", () => {
    const settled = (name: string) => pending.changed("bell", name, []);

    it("leaves that task out, and does the others", async () => {
      const one = ring("1", plain("Call", {}));
      pending.add("app", [one]);
      settled("1");
      expect(await of([one]).run(never)).to.equal("done");
      expect(names()).to.deep.equal(["Call"]);
    });

    it("leaves out the waits for it too, if nothing else is left", async () => {
      const one = ring("1", wait("Wait", { until: "true" }));
      pending.add("app", [one]);
      settled("1");
      expect(await of([one]).run(never)).to.equal("done");
      expect(names()).to.deep.equal([]);
      expect(has(one)).to.equal(false);
    });

    it("waits all the same if there was nothing to settle, or it was settled before", async () => {
      const only = handler("Wait", wait("Only wait", { until: "true" }));
      const one = ring("1", wait("Wait", { until: "true" }));
      settled("1");
      pending.add("app", [only, one]);
      settled("2");
      await of([only, one]).run(never);
      expect(names()).to.deep.equal(["Only wait", "Ring 1", "Wait"]);
    });

    it("runs what cannot tell", async () => {
      const one = ring("broken");
      pending.add("app", [one]);
      settled("broken");
      await of([one]).run(never);
      expect(names()).to.deep.equal(["Ring broken"]);
    });
  });

  describe("where hosts take turns", () => {
    const rolling = () => rollingHandler("Roll", plain("Roll", {}));

    it("does it, and tells why not after another host failed", async () => {
      const one = rolling();
      const queue = new RollingQueue(3);
      pending.add("app", [one]);
      expect(await of([one], queue).run(never)).to.equal("done");
      expect(has(one)).to.equal(false);
      pending.add("app", [one]);
      ends.set("Roll", "failed");
      expect(await of([one], queue, "b").run(never)).to.equal("failed");
      expect(await of([one], queue, "c").run(never)).to.equal("failed");
      expect(names(), "not on c").to.deep.equal(["Roll", "Roll"]);
      const [reported] = events;
      expect(reported).to.include({ type: "task", host: "c", task: "Roll", handler: true, outcome: "failed" });
      expect(reported?.type === "task" && reported.message).to.include("it failed on b");
      expect(has(one)).to.equal(true);
    });

    it("that end with the run closes the way to nobody", async () => {
      const one = rolling();
      const queue = new RollingQueue(3);
      pending.add("app", [one]);
      let asked = 0;
      expect(await of([one], queue).run(() => ++asked > 1)).to.equal("stopped");
      expect([names(), has(one)]).to.deep.equal([[], true]);
      expect(await of([one], queue, "b").run(never)).to.equal("done");
    });

    it("closes it if the host is lost", async () => {
      const one = rolling();
      const queue = new RollingQueue(3);
      pending.add("app", [one]);
      ends.set("Roll", "unreachable");
      expect(await of([one], queue).run(never)).to.equal("unreachable");
      expect(await of([one], queue, "b").run(never)).to.equal("failed");
    });
  });
});
