import { expect } from "chai";
import { command, file, line, prop, read, run, service, wait, type Task } from "kubeplay";
import { mistakeOf } from "#engine/tasks/task.ts";
import { problemsIn } from "#engine/tasks/properties.ts";

/** Tasks as somebody writes them whom no type checker stops. */
const unchecked = (make: unknown, props: unknown, ...[name = "t"]: readonly unknown[]): Task =>
  (make as (name: unknown, props: unknown) => Task)(name, props);

const problemsOf = (task: Task): readonly string[] => mistakeOf(task)?.problems ?? [];

describe("the properties of a task", () => {
  it("are those of its resource", () => {
    expect(problemsOf(command("c", { run: "true", creates: "/x" }))).to.deep.equal([]);
    expect(problemsOf(unchecked(command, { rn: "true" }))).to.deep.equal([
      'there is no rn; did you mean "run"?',
      "run is missing, expected a string",
    ]);
    expect(problemsOf(unchecked(read, { run: "true", creates: "/x" }))).to.deep.equal([
      "there is no creates, expected run, secret, failedWhen",
    ]);
  });

  it("are found by the names that they have elsewhere", () => {
    const told = (make: unknown, props: object) => problemsOf(unchecked(make, props))[0];
    expect(told(command, { cmd: "true" })).to.equal('there is no cmd; did you mean "run"?');
    expect(told(run, { command: "true" })).to.equal('there is no command; did you mean "run"?');
    expect(told(file, { path: "/x" })).to.equal('there is no path; did you mean "dest"?');
    expect(told(line, { dest: "/x" })).to.equal('there is no dest; did you mean "path"?');
    expect(told(line, { path: "/x", regexp: "x" })).to.equal('there is no regexp; did you mean "match"?');
  });

  it("have the types of its resource", () => {
    const problems = (props: object) => problemsOf(unchecked(file, { dest: "/x", content: "x", ...props }));
    expect(problems({ mode: 0o644, owner: "root", secret: true })).to.deep.equal([]);
    expect(problems({ content: Buffer.from("x") })).to.deep.equal([]);
    expect(problems({ mode: "644" })).to.deep.equal(["mode is a string, expected a number such as 0o644"]);
    expect(problems({ owner: 0 })).to.deep.equal(["owner is a number, expected a string"]);
    expect(problems({ secret: "yes" })).to.deep.equal(["secret is a string, expected true or false"]);
    expect(problems({ content: ["x"] })).to.deep.equal(["content is a list, expected a string or bytes"]);
    expect(problems({ content: null })).to.deep.equal(["content is null, expected a string or bytes"]);
    expect(problems({ state: "abesnt" })).to.deep.equal([
      'state is another word, expected one of "present", "absent"; did you mean "absent"?',
    ]);
  });

  it("are told with their place in a list or an object", () => {
    expect(problemsOf(unchecked(wait, { units: ["a", 1] }))).to.deep.equal(["units[1] is a number, expected a string"]);
    expect(problemsOf(unchecked(wait, { until: { prt: 1 } }))).to.deep.equal([
      'there is no until.prt; did you mean "port"?',
      "until.port is missing, expected a number",
    ]);
  });

  it("may be outputs of other tasks, but no parts of them", () => {
    const { output } = read("r", { run: "id" });
    expect(problemsOf(unchecked(file, { dest: "/x", content: output }))).to.deep.equal([]);
    expect(problemsOf(unchecked(wait, { units: [output] }))).to.deep.equal([
      "units[0] is the output of a task, which can only be a whole property, expected a string",
    ]);
  });

  it("may be left out, or undefined, if they are optional", () => {
    expect(problemsOf(unchecked(service, { name: "x", state: undefined }))).to.deep.equal([]);
    expect(problemsOf(unchecked(service, { name: undefined }))).to.deep.equal(["name is missing, expected a string"]);
  });

  it("are known to have the place where they were written, also of a task with options", () => {
    const task = unchecked(command, { rn: "true" }).tagged("x").when(true);
    expect(mistakeOf(task)?.where?.file).to.match(/properties\.spec\.ts$/);
  });

  it("are told without their values, which may be secret", () => {
    const rules = {
      a: prop.flag,
      b: prop.oneOf("x", "y"),
      c: prop.mapOf(prop.text),
      d: prop.either(prop.text, prop.listOf(prop.text)),
    };
    const problems = problemsIn({ a: "secret", b: "secret", c: { key: 5555 }, d: { k: "secret" } }, rules).join();
    expect(problems).to.match(/^a is a string.*b is another word.*c\.key is a number.*d is an object/);
    expect(problems).not.to.match(/secret|5555/);
  });

  it("are expected of each task", () => {
    for (const make of [() => unchecked(command, undefined), () => unchecked(command, { run: "x" }, { run: "x" })])
      expect(make).to.throw("a task has a name and properties");
  });
});
