import { expect } from "chai";
import { command, defineResource, defineRole, read, restart, type Task } from "kubeplay";
import { requirement } from "#engine/tasks/resource.ts";
import { TaskProps } from "#engine/runner/execute/task-props.ts";
import type { PlannedTask } from "#engine/runner/plan/plan.ts";
import { Outputs } from "#engine/runner/state/outputs.ts";
import { defineQuery } from "#engine/queries/define.ts";

describe("the properties of a host's tasks", () => {
  let outputs: Outputs;
  beforeEach(() => (outputs = new Outputs("a", new Map())));

  const role = defineRole({ name: "app", description: "", vars: {}, folder: "/roles/app", tasks: () => [] });
  const planned = (task: Task): PlannedTask => ({ id: task.name, role, roleId: "app", task, tags: [], handler: false });
  const ask = () => "";
  const parse = () => new Map();
  const colour = defineQuery<string>({ kind: "colour", ask, parse });
  const port = defineQuery<string>({ kind: "port", ask, parse, volatile: true });
  const ran = defineQuery<string>({ kind: "ran", ask, parse, runsCommands: true });
  const folder = defineQuery<string>({ kind: "folder", ask, parse });

  interface Props {
    readonly name: string;
    readonly touches?: "everything" | "nothing";
  }
  const lamp = (change: { readonly together?: () => string[] } = {}) =>
    defineResource({
      kind: "lamp",
      label: ({ name }: Props) => name,
      needs: ({ name }) => ({ colour: colour(name), port: port(name), ran: ran(name) }),
      diff: ({ colour: now }) => (now === "none" ? [{ what: now, before: 1, after: 2 }] : []),
      apply: () => [],
      forecast: () => ({}),
      requires: ({ name }) => [requirement(folder(name), () => undefined)],
      effects: ({ touches }) => (touches === "everything" ? ["everything"] : []),
      output: ({ colour: now }) => now,
      ...change,
    });
  const light = lamp();
  const broken = defineResource({
    kind: "broken lamp",
    label: () => "",
    needs: (): Record<string, never> => {
      throw new Error("no lamp");
    },
    diff: () => [],
    apply: () => [],
    forecast: () => ({}),
  });
  const names = (all: readonly { of: { kind: string }; key: string }[]) =>
    all.map(({ of, key }) => `${of.kind} ${key}`);

  describe("and the queries that follow from them early", () => {
    const ahead = (props: TaskProps, ...tasks: Task[]) => names(props.ahead(tasks.map(planned)));

    it("are those of all later tasks, but for commands of a role's author", () => {
      const props = new TaskProps(outputs);
      expect(ahead(props, light("One", { name: "1" }), light("Two", { name: "2" }))).to.deep.equal([
        "colour 1",
        "port 1",
        "colour 2",
        "port 2",
      ]);
    });

    it("are volatile only the first time", () => {
      const props = new TaskProps(outputs);
      ahead(props);
      expect(ahead(props, light("One", { name: "1" }))).to.deep.equal(["colour 1"]);
    });

    it("end, after the first time, at a task whose change makes all of them stale", () => {
      const everything = light("Touch all", { name: "1", touches: "everything" });
      const next = light("Next", { name: "2" });
      const props = new TaskProps(outputs);
      expect(ahead(props, everything, next)).to.have.length(4);
      expect(ahead(props, everything, next)).to.deep.equal(["colour 1"]);
      expect(ahead(props, light("One", { name: "1" }), next)).to.deep.equal(["colour 1", "colour 2"]);
      const grouped = lamp({ together: () => [] })("Touch all", { name: "1", touches: "everything" });
      expect(ahead(props, grouped, next)).to.deep.equal(["colour 1", "colour 2"]);
    });

    it("end there too at a task that is not known yet, or cannot be", () => {
      const made = read("Read it", { run: "true" });
      const later = light("Later", { name: made.output.map(({ stdout }) => stdout) });
      const props = new TaskProps(outputs);
      expect(ahead(props, later, broken("Break", {}), light("Next", { name: "2" }))).to.deep.equal([
        "colour 2",
        "port 2",
      ]);
      expect(ahead(props, later, light("Next", { name: "2" }))).to.deep.equal([]);
      outputs.keep(made, { stdout: "1", stderr: "", code: 0 });
      expect(ahead(props, later, light("Next", { name: "2" }))).to.deep.equal(["colour 1", "colour 2"]);
    });

    it("are none of a task that may not run, runs elsewhere, or acts", () => {
      const condition = read("Read it", { run: "true" }).output.map(() => true);
      const one = light("One", { name: "1" });
      const all = [one.when(false), one.when(condition), one.delegateTo("b"), one.become("kim")];
      expect(ahead(new TaskProps(outputs), ...all, restart("Restart", { name: "x" }))).to.deep.equal([]);
    });

    it("have in a check what a change requires", () => {
      expect(ahead(new TaskProps(outputs, true), light("One", { name: "1" }), broken("Break", {}))).to.deep.equal([
        "colour 1",
        "port 1",
        "folder 1",
      ]);
    });
  });

  it("are resolved once, until outputs have changed", () => {
    const made = read("Read it", { run: "true" });
    const task = planned(light("One", { name: made.output.map(({ stdout }) => stdout) }));
    const props = new TaskProps(outputs);
    expect(props.props(task)).to.equal(undefined);
    expect(props.needs(task, "resource" in task.task.does ? task.task.does.resource : expect.fail())).to.deep.equal([]);
    outputs.keep(made, { stdout: "1", stderr: "", code: 0 });
    const first = props.props(task);
    expect(first).to.deep.equal({ name: "1" });
    outputs.keep(made, { stdout: "2", stderr: "", code: 0 });
    expect(props.props(task)).to.equal(first);
    props.forget();
    expect(props.props(task)).to.deep.equal({ name: "2" });
  });

  it("are resolved again as long as a fallback stands in for an output", () => {
    const made = read("Read it", { run: "true" });
    const task = planned(light("One", { name: made.output.map(({ stdout }) => stdout).or("none") }));
    const props = new TaskProps(outputs);
    expect(props.props(task)).to.deep.equal({ name: "none" });
    outputs.keep(made, { stdout: "1", stderr: "", code: 0 });
    expect(props.props(task)).to.deep.equal({ name: "1" });
  });

  it("hide the output of a task with a secret", () => {
    const props = new TaskProps(outputs);
    const [open, secret] = [command("Open", { run: "true" }), command("Secret", { run: "true", secret: true })];
    for (const task of [open, secret]) {
      props.props(planned(task));
      outputs.keep(task, "x");
    }
    expect([open, secret].map((task) => outputs.of(task)?.secret)).to.deep.equal([false, true]);
  });

  describe("and whether conditions hold", () => {
    const made = (value: boolean | undefined) => {
      const task = read("Read it", { run: "true" });
      if (value !== undefined) outputs.keep(task, { stdout: String(value), stderr: "", code: 0 });
      return task.output.map(({ stdout }) => stdout === "true");
    };
    const holds = (change: (task: Task) => Task) =>
      new TaskProps(outputs).holds(planned(change(light("One", { name: "1" }))));

    it("is known where they are, and all of them must", () => {
      expect(holds((task) => task)).to.equal(true);
      expect(holds((task) => task.when(false))).to.equal(false);
      expect(holds((task) => task.when(made(true)).when(made(true)))).to.equal(true);
      expect(holds((task) => task.when(made(true)).when(made(false)))).to.equal(false);
    });

    it("is not known while one is not, unless another one does not hold", () => {
      expect(holds((task) => task.when(made(undefined)).when(made(true)))).to.equal(undefined);
      expect(holds((task) => task.when(made(undefined)).when(made(false)))).to.equal(false);
    });

    it("is that of the fallback where the output is not made", () => {
      expect(holds((task) => task.when(made(undefined).or(true)))).to.equal(true);
      expect(holds((task) => task.when(made(undefined).or(false)))).to.equal(false);
      expect(holds((task) => task.when(made(true).or(false)))).to.equal(true);
    });
  });
});
