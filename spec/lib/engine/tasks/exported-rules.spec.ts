import { expect } from "chai";
import * as engine from "kubeplay";
import * as kubernetes from "kubeplay/kubernetes";
import type { Task } from "kubeplay";

/** A resource or an action that both interfaces export: a function that makes a task with any properties. */
function madeBy(make: unknown): Task | undefined {
  try {
    const made = (make as (name: string, props: object) => Partial<Task> | Promise<unknown> | undefined)("t", {});
    // A function that waits for something makes no task, and may fail later.
    if (made instanceof Promise) {
      made.catch(() => undefined);
      return undefined;
    }
    return made?.does && !("meta" in made.does) ? (made as Task) : undefined;
  } catch {
    return undefined;
  }
}

describe("every exported resource and action", () => {
  const all = Object.entries({ ...engine, ...kubernetes }).flatMap(([name, value]) => {
    const task = typeof value === "function" ? madeBy(value) : undefined;
    return task ? [[name, task] as const] : [];
  });

  it("is found", () => {
    expect(all.length).to.be.above(30);
    expect(all.map(([name]) => name)).to.include.members([
      "file",
      "certificate",
      "restart",
      "reboot",
      "manifests",
      "chart",
    ]);
  });

  it("says what its properties may be", () => {
    const silent = all.filter(
      ([, { does }]) => ("meta" in does ? {} : "resource" in does ? does.resource : does.action).props === undefined,
    );
    expect(silent.map(([name]) => name)).to.deep.equal([]);
  });

  it("has one name for what it has in common with others", () => {
    const names = new Set(
      all.flatMap(([, { does }]) =>
        Object.keys(("meta" in does ? {} : "resource" in does ? does.resource : does.action).props ?? {}),
      ),
    );
    const others = ["command", "cmd", "regexp", "pattern", "env", "source", "destination"];
    expect(others.filter((name) => names.has(name))).to.deep.equal([]);
  });
});
