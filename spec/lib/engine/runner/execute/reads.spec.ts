import { expect } from "chai";
import { defineResource, defineRole, type Task } from "kubeplay";
import { Reads } from "#engine/runner/execute/reads.ts";
import { TaskProps } from "#engine/runner/execute/task-props.ts";
import type { PlannedTask } from "#engine/runner/plan/plan.ts";
import { Outputs } from "#engine/runner/state/outputs.ts";
import type { States } from "#engine/runner/state/states.ts";
import { Lamps, type LampProps, type LampResource } from "./lamps.ts";

describe("what was read before another run was at work", () => {
  let lamps: Lamps;
  let states: States;
  let outputs: Outputs;
  let reads: Reads;
  beforeEach(() => {
    lamps = new Lamps();
    states = lamps.states();
    outputs = new Outputs("a", new Map());
    reads = new Reads(new TaskProps(outputs), outputs);
  });

  const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [] });
  const planned = (task: Task): PlannedTask => ({ id: task.name, role, roleId: "app", task, tags: [], handler: false });
  const reading = (name: LampProps["name"] | ReturnType<typeof outputOf>, change: Partial<LampResource> = {}) =>
    defineResource<LampProps, { colour: string | undefined; volts: number | undefined }, object, string | undefined>({
      ...lamps.lamp,
      diff: () => [],
      apply: () => [],
      reads: true,
      ...change,
    })("Look at it", { name, colour: "any" });
  const outputOf = (task: Task) => task.output.map(String);

  it("is read again, and what was read by that", async () => {
    const one = reading("hall");
    const two = reading(outputOf(one));
    for (const task of [one, two]) reads.keep(planned(task), states);
    lamps.colours.set("hall", "cellar").set("cellar", "red");
    await reads.again();
    expect(outputs.of(one), "nobody was at work").to.equal(undefined);
    states.tookOver();
    await reads.again();
    expect([one, two].map((task) => outputs.of(task)?.value)).to.deep.equal(["cellar", "red"]);
    lamps.colours.set("hall", "attic").set("attic", "blue");
    await reads.again();
    expect(outputs.of(one)?.value, "once each time").to.equal("cellar");
    states.tookOver();
    await reads.again();
    expect([one, two].map((task) => outputs.of(task)?.value)).to.deep.equal(["attic", "blue"]);
  });

  it("is not done again if it changes something", async () => {
    const task = reading("hall", { reads: false });
    reads.keep(planned(task), states);
    states.tookOver();
    await reads.again();
    expect(lamps.log).to.deep.equal([]);
  });

  it("is left out while what it reads by is not known, and fails if it cannot be read", async () => {
    reads.keep(planned(reading(outputOf(reading("none")))), states);
    states.tookOver();
    await reads.again();
    expect(lamps.log).to.deep.equal([]);
    const diff = (): never => {
      throw new Error("there is no lamp");
    };
    reads.keep(planned(reading("hall", { diff })), states);
    states.tookOver();
    const error: unknown = await reads.again().catch((error: unknown) => error);
    expect(String(error)).to.include("there is no lamp");
  });
});
