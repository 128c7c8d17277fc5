import { expect } from "chai";
import { command, defineResource, defineRole, endHost, handler, read, restart, wait, type Task } from "kubeplay";
import type { UnitState } from "#engine/queries/unit.ts";
import { unit } from "#engine/queries/unit.ts";
import { effect, unknown } from "#engine/tasks/resource.ts";
import { runMode } from "#engine/runner/execute/mode.ts";
import { TaskProps } from "#engine/runner/execute/task-props.ts";
import type { TaskTarget } from "#engine/runner/execute/task-targets.ts";
import { partIn } from "#engine/runner/execute/would-change.ts";
import type { Planned, PlannedTask, PlannedTurn } from "#engine/runner/plan/plan.ts";
import { Outputs } from "#engine/runner/state/outputs.ts";
import type { States } from "#engine/runner/state/states.ts";
import { Lamps, red, type LampResource } from "./lamps.ts";

describe("how a host takes part in the turns at a block", () => {
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

  const part = (tasks: readonly (Task | Planned)[], turns: Partial<PlannedTurn> = {}) =>
    partIn(
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

  it("is in turn if something differs, and not if nothing does or there are no tasks", async () => {
    expect(await part([lamp()])).to.equal("in turn");
    lamps.colours.set("hall", "red");
    states.forget();
    expect(await part([lamp()])).to.equal("at once");
    expect(await part([])).to.equal("at once");
  });

  it("is in turn if what it needs is known after apply only, or cannot be compared", async () => {
    states.forecast([effect(lamps.colour("hall"), unknown)]);
    expect(await part([lamp()])).to.equal("in turn");
    states = lamps.states();
    const diff = (): never => {
      throw new Error("there is no lamp");
    };
    expect(await part([lamp({ diff })])).to.equal("in turn");
  });

  it("is in turn if only the task itself can tell: it acts, runs elsewhere or as another user, or takes an output", async () => {
    lamps.colours.set("hall", "red");
    const made = read("Read it", { run: "true" });
    const later = defineResource(lamps.lamp)("Paint it", { ...red, colour: made.output.map(() => "red") });
    for (const task of [restart("Restart", { name: "x" }), lamp().delegateTo("b"), lamp().become("kim"), later])
      expect(await part([task]), task.name).to.equal("in turn");
  });

  it("is at once for what is left out, steers the run, only waits or only reads", async () => {
    const made = read("Read it", { run: "true" });
    outputs.keep(made, { stdout: "", stderr: "", code: 0 });
    const none = made.output.map(() => false);
    const left = [lamp().when(false), lamp().when(none), restart("Restart", { name: "x" }).when(none)];
    const harmless = [endHost(), made, wait("Wait", { until: "false" }), lamp({ waits: true }), lamp({ reads: true })];
    for (const task of [...left, ...harmless]) expect(await part([task]), task.name).to.equal("at once");
  });

  it("is in turn if a handler of the block is pending, although nothing differs", async () => {
    lamps.colours.set("hall", "red");
    expect(await part([lamp().notify(again)])).to.equal("at once");
    pending = ["Again"];
    expect(await part([lamp().notify(again)])).to.equal("in turn");
    expect(await part([lamp().notify(other)])).to.equal("at once");
  });

  it("is at once if all hosts need its changes at the same time", async () => {
    expect(await part([lamp().notify(other, again)], { together: again })).to.equal("at once");
    expect(await part([lamp().notify(other)], { together: again })).to.equal("in turn");
    lamps.colours.set("hall", "red");
    states.forget();
    expect(await part([lamp().notify(again), restart("Restart", { name: "x" })], { together: again })).to.equal(
      "in turn",
    );
    pending = ["Again"];
    expect(await part([lamp().notify(again), restart("Restart", { name: "x" })], { together: again })).to.equal(
      "at once",
    );
  });

  it("counts the tasks of blocks in it, and not what is done for a failure", async () => {
    const inner = { name: "Inner", tasks: [planned(lamp())], rescue: [], always: [] };
    expect(await part([inner])).to.equal("in turn");
    const rescue = [planned(restart("Restart", { name: "x" }))];
    expect(await part([{ ...inner, tasks: [], rescue }])).to.equal("at once");
  });

  describe("that nothing runs on yet", () => {
    const state = (active: UnitState["active"]) => ({ active }) as UnitState;
    const answered = (active: UnitState["active"]) => states.forecast([effect(unit("app.service"), state(active))]);

    it("is to go first: there is nothing that the block could break", async () => {
      answered("inactive");
      expect(await part([lamp()], { unit: "app.service" })).to.equal("first");
    });

    it("is in turn if the unit is active, or is not known", async () => {
      answered("active");
      expect(await part([lamp()], { unit: "app.service" })).to.equal("in turn");
      states.forecast([effect(unit("app.service"), unknown)]);
      expect(await part([lamp()], { unit: "app.service" })).to.equal("in turn");
    });

    it("is asked of the host, with the queries of later tasks", async () => {
      const asked: string[][] = [];
      states.ask = (queries, ahead) => {
        asked.push([...queries, ...(ahead ?? [])].map(({ key }) => key));
        answered("inactive");
        return Promise.resolve();
      };
      expect(await part([lamp()], { unit: "app.service" })).to.equal("first");
      expect(await part([lamp()], { unit: "app.service" })).to.equal("first");
      expect(asked).to.deep.equal([["app.service"]]);
    });
  });
});
