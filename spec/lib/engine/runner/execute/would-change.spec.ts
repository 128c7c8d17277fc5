import { expect } from "chai";
import { command, defineResource, defineRole, endHost, handler, read, restart, wait, type Task } from "kubeplay";
import type { UnitState } from "#engine/queries/unit.ts";
import { unit } from "#engine/queries/unit.ts";
import { effect, unknown } from "#engine/tasks/resource.ts";
import { runMode } from "#engine/runner/execute/mode.ts";
import { TaskProps } from "#engine/runner/execute/task-props.ts";
import type { TaskTarget } from "#engine/runner/execute/task-targets.ts";
import { needsTurn } from "#engine/runner/execute/would-change.ts";
import type { Planned, PlannedTask, PlannedTurn } from "#engine/runner/plan/plan.ts";
import { Outputs } from "#engine/runner/state/outputs.ts";
import type { States } from "#engine/runner/state/states.ts";
import { Lamps, red, type LampResource } from "./lamps.ts";

describe("whether a host waits for its turn at a block", () => {
  let lamps: Lamps;
  let states: States;
  let outputs: Outputs;
  let pending: string[];
  beforeEach(() => {
    lamps = new Lamps();
    states = lamps.states();
    outputs = new Outputs("a", new Map());
    pending = [];
  });

  const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [] });
  const planned = (task: Task): PlannedTask => ({ id: task.name, role, roleId: "app", task, tags: [], handler: false });
  const lamp = (change: Partial<LampResource> = {}): Task =>
    defineResource({ ...lamps.lamp, ...change })("Paint it", red);
  const again = handler("Again", restart("Restart it", { name: "x" }));
  const other = handler("Other", restart("Restart another", { name: "y" }));

  const waits = (tasks: readonly (Task | Planned)[], turns: Partial<PlannedTurn> = {}) =>
    needsTurn(
      {
        name: "Block",
        tasks: tasks.map((one) => ("does" in one ? planned(one) : one)),
        rescue: [planned(command("Mend", { run: "true" }))],
        always: [planned(command("Tidy", { run: "true" }))],
      },
      { id: "1", first: undefined, ...turns },
      {
        own: { states, mode: runMode(lamps.writer) } as TaskTarget,
        taskProps: new TaskProps(outputs),
        ahead: () => [],
        isPending: (roleId, { name }) => roleId === "app" && pending.includes(name),
      },
    );

  it("is so if something differs, and not if nothing does or there are no tasks", async () => {
    expect(await waits([lamp()])).to.equal(true);
    lamps.colours.set("hall", "red");
    states.forget();
    expect(await waits([lamp()])).to.equal(false);
    expect(await waits([])).to.equal(false);
  });

  it("is so if what it needs is known after apply only, or cannot be compared", async () => {
    states.forecast([effect(lamps.colour("hall"), unknown)]);
    expect(await waits([lamp()])).to.equal(true);
    states = lamps.states();
    const diff = (): never => {
      throw new Error("there is no lamp");
    };
    expect(await waits([lamp({ diff })])).to.equal(true);
  });

  it("is so if only the task itself can tell: it acts, runs elsewhere or as another user, or takes an output", async () => {
    lamps.colours.set("hall", "red");
    const made = read("Read it", { run: "true" });
    const later = defineResource(lamps.lamp)("Paint it", { ...red, colour: made.output.map(() => "red") });
    for (const task of [restart("Restart", { name: "x" }), lamp().delegateTo("b"), lamp().become("kim"), later])
      expect(await waits([task]), task.name).to.equal(true);
  });

  it("is not so for what is left out, steers the run, only waits or only reads", async () => {
    const made = read("Read it", { run: "true" });
    outputs.keep(made, { stdout: "", stderr: "", code: 0 });
    const none = made.output.map(() => false);
    const left = [lamp().when(false), lamp().when(none), restart("Restart", { name: "x" }).when(none)];
    const harmless = [endHost(), made, wait("Wait", { until: "false" }), lamp({ waits: true }), lamp({ reads: true })];
    for (const task of [...left, ...harmless]) expect(await waits([task]), task.name).to.equal(false);
  });

  it("is so if a handler of the block is pending, although nothing differs", async () => {
    lamps.colours.set("hall", "red");
    expect(await waits([lamp().notify(again)])).to.equal(false);
    pending = ["Again"];
    expect(await waits([lamp().notify(again)])).to.equal(true);
    expect(await waits([lamp().notify(other)])).to.equal(false);
  });

  it("is not so if all hosts need its changes at the same time", async () => {
    expect(await waits([lamp().notify(other, again)], { together: again })).to.equal(false);
    expect(await waits([lamp().notify(other)], { together: again })).to.equal(true);
    lamps.colours.set("hall", "red");
    states.forget();
    expect(await waits([lamp().notify(again), restart("Restart", { name: "x" })], { together: again })).to.equal(true);
    pending = ["Again"];
    expect(await waits([lamp().notify(again), restart("Restart", { name: "x" })], { together: again })).to.equal(false);
  });

  it("counts the tasks of blocks in it, and not what is done for a failure", async () => {
    const inner = { name: "Inner", tasks: [planned(lamp())], rescue: [], always: [] };
    expect(await waits([inner])).to.equal(true);
    const rescue = [planned(restart("Restart", { name: "x" }))];
    expect(await waits([{ ...inner, tasks: [], rescue }])).to.equal(false);
  });

  describe("that nothing runs on yet", () => {
    const state = (active: UnitState["active"]) => ({ active }) as UnitState;
    const answered = (active: UnitState["active"]) => states.forecast([effect(unit("app.service"), state(active))]);

    it("is not so: there is nothing that the block could break", async () => {
      answered("inactive");
      expect(await waits([lamp()], { unit: "app.service" })).to.equal(false);
    });

    it("is so if the unit is active, or is not known", async () => {
      answered("active");
      expect(await waits([lamp()], { unit: "app.service" })).to.equal(true);
      states.forecast([effect(unit("app.service"), unknown)]);
      expect(await waits([lamp()], { unit: "app.service" })).to.equal(true);
    });

    it("is asked of the host, with the queries of later tasks", async () => {
      const asked: string[][] = [];
      states.ask = (queries, ahead) => {
        asked.push([...queries, ...(ahead ?? [])].map(({ key }) => key));
        answered("inactive");
        return Promise.resolve();
      };
      expect(await waits([lamp()], { unit: "app.service" })).to.equal(false);
      expect(await waits([lamp()], { unit: "app.service" })).to.equal(false);
      expect(asked).to.deep.equal([["app.service"]]);
    });
  });
});
