import { expect } from "chai";
import { readFileSync } from "node:fs";
import { everyTask } from "../../../engine/every-task.ts";

/** Exports that are no kind of their own, and one whose host must not be lost amid other tasks. */
const left: Readonly<Record<string, string>> = {
  timer: "a block of units and a service",
  reboot: "has spec/engine/reboot.spec.ts",
};

const camelCase = (kind: string): string => kind.replace(/[ -](\w)/g, (_all, letter: string) => letter.toUpperCase());

describe("the tasks of spec/engine/every-task.ts", () => {
  it("have every kind of resource and action that kubeplay exports", () => {
    const tasks = everyTask("/role").flatMap((task) => [task, ...task.handlers.flatMap((handler) => handler.tasks)]);
    const used = tasks.map(({ does }) =>
      "resource" in does ? does.resource.kind : "action" in does ? does.action.kind : "",
    );
    const exported = [
      ...readFileSync("lib/engine/index.ts", "utf8").matchAll(/export \{([^}]+)\} from "\.\/resources\//g),
    ]
      .flatMap(([, names = ""]) => names.split(",").map((name) => name.trim()))
      .filter((name) => name !== "" && !name.startsWith("type ") && !Object.hasOwn(left, name));
    expect(exported.length).to.be.greaterThan(30);
    expect([...new Set(used.map(camelCase))].sort()).to.deep.equal(exported.sort());
  });
});
