import { expect } from "chai";
import { block, file, handler, restart, type Item } from "kubeplay";
import { twinned } from "#engine/runner/plan/twins.ts";
import { isBlock, type Block } from "#engine/tasks/block.ts";
import type { Task } from "#engine/tasks/task.ts";

const cover = (text: string) => text.replaceAll("hunter2", "********");
const write = (name: string, content = "") => file(name, { dest: "/x", content });

describe("tasks that were planned with a secret", () => {
  const planned = (make: (secret: string) => readonly Item[]) =>
    twinned(make("hunter2"), [() => make("another secret")], cover);
  const tasksOf = (items: readonly Item[]): Task[] => items.filter((item): item is Task => !isBlock(item));

  it("have a twin each, with the other secret", () => {
    const { items, twins } = planned((secret) => [write("Write one"), write("Write two", secret)]);
    const contents = tasksOf(items).map((task) => (twins?.of(task)?.props as { content: string }).content);
    expect(contents).to.deep.equal(["", "another secret"]);
  });

  it("keep their names and themselves if no name has a secret", () => {
    const made = [write("Write one"), block("Several", write("Write two"))];
    expect(twinned(made, [() => made], cover).items).to.equal(made);
  });

  it("show no secret in the names of tasks, blocks and handlers, and keep their order and parts", () => {
    const { items, twins } = planned((secret) => {
      const again = handler(`Restart ${secret}`, restart(`Restart it for ${secret}`, { name: "x" }));
      return [
        block(
          `Several with ${secret}`,
          write(`Write ${secret}`, secret).notify(again),
          write("Write another").notify(again),
        )
          .rescue(write(`Mend ${secret}`, secret))
          .always(write(`Tidy ${secret}`, secret)),
      ];
    });
    const [made] = items as [Block];
    expect(made.name).to.equal("Several with ********");
    const parts = [made.tasks, made.rescued, made.finally].map((part) => tasksOf(part));
    expect(parts.map((part) => part.map(({ name }) => name))).to.deep.equal([
      ["Write ********", "Write another"],
      ["Mend ********"],
      ["Tidy ********"],
    ]);
    for (const task of parts.flat()) expect(twins?.of(task), task.name).to.not.equal(undefined);
    const [first, second] = (parts[0] ?? []).map(({ handlers }) => handlers[0]);
    expect(first?.name).to.equal("Restart ********");
    expect(first?.tasks.map(({ name }) => name)).to.deep.equal(["Restart it for ********"]);
    expect(second, "one handler stays one").to.equal(first);
  });

  for (const [what, other] of Object.entries<readonly Item[]>({
    "another number of tasks": [write("One")],
    "a task of another kind": [write("One"), restart("Two", { name: "x" })],
    "a block in place of a task": [write("One"), block("Two", write("Three"))],
    "another number of handlers": [
      write("One"),
      write("Two").notify(handler("Again", restart("Restart", { name: "x" }))),
    ],
  }))
    it(`have no twins if another secret makes ${what}, and the next way is tried`, () => {
      const made = [write("One"), write("Two")];
      const none = twinned(made, [() => other], cover);
      expect(none.items).to.equal(made);
      expect(none.twins, "it is known that there are secrets").to.not.equal(undefined);
      expect(none.twins?.of(made[0]!)).to.equal(undefined);
      const second = twinned(made, [() => other, () => [write("One"), write("Two")]], cover);
      expect(second.twins?.of(made[0]!)).to.not.equal(undefined);
    });

  it("have no twins either if the role throws with another secret", () => {
    const made = [write("One")];
    const { twins } = twinned(made, [() => { throw new Error("no key"); }], cover); // prettier-ignore
    expect(twins?.of(made[0]!)).to.equal(undefined);
  });

  it("need none in a role without secrets", () => {
    const made = [write("One")];
    expect(twinned(made, [], cover)).to.deep.equal({ items: made });
  });
});
