import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { command, defineRole, file, handler, play, playbook, read, restart, type Item, type Task } from "kubeplay";
import { block } from "kubeplay";
import { inventoryVariables } from "#engine/inventory/connection-variables.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { Mask, Variables } from "#engine/runner/index.ts";
import { locatedProps } from "#engine/runner/plan/plan.ts";
import { rehearse } from "#engine/runner/plan/rehearse.ts";
import { temporaryFolder } from "../../temporary.ts";

describe("the rehearsal of a playbook", () => {
  const root = temporaryFolder();
  const roleOf = (tasks: () => Item[]) =>
    defineRole({ name: "app", description: "A role.", folder: root, vars: {}, tasks });

  /** What is told before the first connection. */
  function told(tasks: () => Item[]): string {
    writeFileSync(`${root}/hosts.yaml`, "all: {hosts: {a: , b: }}\n");
    const inventory = loadInventory({ file: `${root}/hosts.yaml`, root });
    const role = roleOf(tasks);
    const plays = ["a", "b"].map((host) => ({ host, roles: [role] }));
    const known = [inventoryVariables, role];
    const variables = new Variables(inventory, known, plays, new Mask());
    try {
      rehearse(playbook([play({ name: "App", hosts: "all", roles: [role] })]), inventory, variables, {
        tags: [],
        skipTags: [],
      });
      return "";
    } catch (error) {
      if (error instanceof Error) return error.message;
      throw error;
    }
  }

  const mistyped = (props: object, make: unknown = command): Task =>
    (make as (name: string, props: object) => Task)("Do it", props);
  const wrong = /rehearse\.spec\.ts:\d+:\d+: command "Do it": there is no rn; did you mean "run"\?/;

  it("is silent about properties that are right", () => {
    const { output } = read("Read it", { run: "true" });
    expect(told(() => [command("Do it", { run: "true" }), mistyped({ dest: "/x", content: output }, file)])).to.equal(
      "",
    );
  });

  it("tells once, with their place, all properties that a resource or an action does not have", () => {
    const message = told(() => [mistyped({ rn: "true" }), mistyped({ dest: "/x", content: "", mode: "644" }, file)]);
    expect(message).to.match(wrong).and.include('file "Do it": mode is a string, expected a number such as 0o644');
    expect(message.split("\n")).to.have.length(3);
  });

  it("tells those in blocks, rescues and handlers too", () => {
    expect(told(() => [block("b", command("ok", { run: "true" })).rescue(mistyped({ rn: "true" }))])).to.match(wrong);
    const act = handler("Act", mistyped({ nme: "nginx" }, restart));
    expect(told(() => [command("ok", { run: "true" }).notify(act)])).to.include(
      'there is no nme; did you mean "name"?',
    );
  });

  it("does not look at tasks that are left out on every host", () => {
    expect(told(() => [mistyped({ rn: "true" }).when(false)])).to.equal("");
  });

  it("leaves outputs to the run, which tells what they have become", () => {
    const { output } = read("Read it", { run: "true" });
    const task = mistyped({ dest: "/x", content: output }, file);
    expect(told(() => [task])).to.equal("");
    const role = roleOf(() => []);
    expect(() => locatedProps(task, role, { dest: "/x", content: { code: 0 } })).to.throw(
      'file "Do it": content is an object, expected a string or bytes',
    );
    expect(() => locatedProps(mistyped({ rn: "true" }), role, { rn: "true" })).to.throw(wrong);
  });
});
