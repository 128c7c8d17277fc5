import { expect } from "chai";
import { barrier, block, defineRole, file, play, type Item } from "kubeplay";
import { assumedFacts } from "#engine/facts/assumed.ts";
import { plan, type Planned } from "#engine/runner/plan/plan.ts";
import { taskList } from "#engine/runner/plan/task-list.ts";
import { clear, folder, inventoryOf } from "../stage.ts";

describe("the list of a play's tasks", () => {
  after(clear);
  const write = (name: string) => file(name, { dest: "/x", content: "" });
  const planOf = (...items: readonly Item[]): readonly Planned[] => {
    const inventory = inventoryOf(folder(), ["a"]);
    const host = inventory.host("a");
    const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => items });
    return plan(
      play({ name: "Play", hosts: "all", roles: [role] }),
      () => ({ vars: {}, host, inventory, facts: assumedFacts("a"), varsOf: () => ({}), factsOf: () => undefined }),
      { tags: [], skipTags: [] },
    );
  };
  const listed = (plans: Readonly<Record<string, readonly Item[]>>) => {
    const { tasks, hosts } = taskList(
      new Map(Object.entries(plans).map(([host, items]) => [host, planOf(...items)] as const)),
    );
    return { tasks: tasks.map(({ task }) => task), hosts };
  };

  it("has each once, in the order of all hosts, and the indexes of those that a host has", () => {
    const [one, two, three] = [write("One"), write("Two"), write("Three")];
    expect(listed({ a: [one, three], b: [two, three], c: [] })).to.deep.equal({
      tasks: ["One", "Two", "Three"],
      hosts: { a: [0, 2], b: [1, 2], c: [] },
    });
  });

  it("has what is done once for the first host alone", () => {
    expect(
      listed({ a: [write("One"), write("Once").runOnce()], b: [write("One"), write("Once").runOnce()] }),
    ).to.deep.equal({
      tasks: ["One", "Once"],
      hosts: { a: [0, 1], b: [0] },
    });
  });

  it("has the tasks of blocks and what is always done, and neither rescues nor what steers the run", () => {
    const several = block("Several", write("One"), barrier()).rescue(write("Mend")).always(write("Tidy"));
    expect(listed({ a: [several] })).to.deep.equal({ tasks: ["One", "Tidy"], hosts: { a: [0, 1] } });
  });

  it("names each task with its role", () => {
    const [name] = taskList(new Map([["a", planOf(write("One"))]])).tasks;
    expect(name).to.deep.equal({ role: "app", task: "One", handler: false });
  });
});
