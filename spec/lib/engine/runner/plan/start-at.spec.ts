import { expect } from "chai";
import { block, defineRole, endPlay, file, play, playbook, type Item } from "kubeplay";
import { InputError } from "#engine/errors.ts";
import { assumedFacts } from "#engine/facts/assumed.ts";
import { Mask } from "#engine/runner/index.ts";
import { allTasks, plan, type Planned } from "#engine/runner/plan/plan.ts";
import { contextOf } from "#engine/runner/plan/play-hosts.ts";
import { isNamed, playsFrom, startingAt } from "#engine/runner/plan/start-at.ts";
import { clear, folder, inventoryOf, variablesOf } from "../stage.ts";

const write = (name: string) => file(name, { dest: "/x", content: "" });

describe("--start-at-task", () => {
  after(clear);
  const playOf = (name: string, ...items: readonly Item[]) =>
    play({
      name,
      hosts: "all",
      roles: [defineRole({ name: "app", description: "", vars: {}, tasks: () => items })],
    });
  const options = { tags: [], skipTags: [], check: false, diff: false, forks: 1 };
  const contextFor = (plays: ReturnType<typeof playbook>) => {
    const inventory = inventoryOf(folder(), ["a"]);
    return { inventory, variables: variablesOf(plays, inventory, {}, new Mask()) };
  };
  const planned = (...items: readonly Item[]): readonly Planned[] => {
    const one = playOf("Play", ...items);
    const { inventory, variables } = contextFor(playbook([one]));
    const context = contextOf(variables, inventory, inventory.host("a"), assumedFacts("a"), () => undefined);
    return plan(one, context, options);
  };
  const namesFrom = (wanted: string, ...items: readonly Item[]) =>
    allTasks(startingAt(planned(...items), isNamed(wanted))).map(({ task }) => task.name);

  it("finds a task by its name, with its role's, and with * for any text", () => {
    const [one] = allTasks(planned(write("Write a.b (c)")));
    const finds = (wanted: string) => one !== undefined && isNamed(wanted)(one);
    for (const wanted of ["Write a.b (c)", "app : Write a.b (c)", "Write*", "* : *(c)", "*b*", "*"])
      expect(finds(wanted), wanted).to.equal(true);
    for (const wanted of ["Write", "a.b (c)", "Write aXb (c)", "other : Write a.b (c)", "Write a.b*x", ""])
      expect(finds(wanted), wanted).to.equal(false);
  });

  it("leaves the first task of that name and all after it", () => {
    expect(namesFrom("Two", write("One"), write("Two"), write("Three"), write("Two"))).to.deep.equal([
      "Two",
      "Three",
      "Two",
    ]);
    expect(namesFrom("None", write("One"))).to.deep.equal([]);
  });

  it("begins in the middle of a block, and leaves out a block before it, rescue and all", () => {
    const several = (name: string) =>
      block(name, write(`${name} one`), write(`${name} two`))
        .rescue(write(`${name} rescue`))
        .always(write(`${name} always`));
    expect(namesFrom("B two", several("A"), several("B"))).to.deep.equal(["B two", "B rescue", "B always"]);
    expect(namesFrom("B always", several("A"), several("B"), write("Last"))).to.deep.equal(["B always", "Last"]);
    expect(namesFrom("B two always", several("B"))).to.deep.equal([]);
  });

  it("leaves out the plays before the one that has the task", () => {
    const plays = playbook([
      playOf("First", write("One")),
      playOf("Second", write("Two")),
      playOf("Third", endPlay("End")),
    ]);
    const { inventory, variables } = contextFor(plays);
    const from = (startAtTask?: string) =>
      playsFrom(plays, inventory, variables, { ...options, ...(startAtTask && { startAtTask }) }).map(
        ({ name }) => name,
      );
    expect(from()).to.deep.equal(["First", "Second", "Third"]);
    expect(from("Two")).to.deep.equal(["Second", "Third"]);
    expect(() => from("Twoo")).to.throw(
      InputError,
      /^--start-at-task: no task is named "Twoo".*"Two".*; see --list-tasks$/,
    );
  });
});
