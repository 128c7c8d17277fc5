import { expect } from "chai";
import { defineRole, file, handler, link, play, restart, type RoleContext, template } from "kubeplay";
import { assumedFacts } from "#engine/facts/assumed.ts";
import { allTasks, handlersOf, plan, propsOf, wanted, type TagFilter } from "#engine/runner/plan/plan.ts";
import { clear, folder, inventoryOf } from "../stage.ts";

const filter = (tags: readonly string[], skipTags: readonly string[] = []): TagFilter => ({ tags, skipTags });
const all = filter([]);

function context(): RoleContext<unknown> {
  const inventory = inventoryOf(folder(), ["a"]);
  return {
    vars: {},
    host: inventory.host("a"),
    inventory,
    facts: assumedFacts("a"),
    varsOf: () => ({}),
    factsOf: () => undefined,
  };
}

describe("tags", () => {
  const cases: readonly (readonly [readonly string[], TagFilter, boolean, string])[] = [
    [[], all, true, "everything runs without --tags"],
    [["never"], all, false, "but what never runs unasked"],
    [["never", "debug"], filter(["debug"]), true, "which runs where it is asked for"],
    [["never"], filter(["all"]), false, "and all does not ask for it"],
    [["etcd"], filter(["etcd", "pki"]), true, "one of the tags is enough"],
    [["etcd"], filter(["pki"]), false, "another tag is not"],
    [["always"], filter(["pki"]), true, "what always runs does so under any tag"],
    [["always", "slow"], filter(["pki"], ["slow"]), false, "unless a tag of it is skipped"],
    [["always"], filter([], ["all"]), true, "--skip-tags all leaves what always runs"],
    [["etcd"], filter([], ["all"]), false, "and nothing else"],
    [["etcd"], filter(["etcd"], ["etcd"]), false, "skipping is stronger than choosing"],
    [["etcd"], filter(["tagged"]), true, "tagged is whatever has a tag"],
    [["always"], filter(["untagged"]), true, "what always runs does so there too"],
    [["always"], filter([], ["tagged"]), false, "though always is a tag, which can be skipped as others"],
    [["etcd"], filter(["untagged"]), false, "untagged has none"],
    [["etcd"], filter([], ["tagged"]), false, "tagged can be skipped"],
    [[], filter([], ["tagged"]), true, "which leaves the untagged"],
  ];
  for (const [tags, asked, runs, why] of cases)
    it(`${why}: [${tags.join(" ")}] with --tags [${asked.tags.join(" ")}] --skip-tags [${asked.skipTags.join(" ")}]`, () =>
      expect(wanted(tags, asked)).to.equal(runs));
});

describe("a role's name", () => {
  it("is a tag of its tasks, which are untagged as long as they have no other", () => {
    expect(wanted([], filter(["etcd"]), "etcd")).to.equal(true);
    expect(wanted([], filter([], ["etcd"]), "etcd")).to.equal(false);
    expect(wanted([], filter(["untagged"]), "etcd")).to.equal(true);
    expect(wanted([], filter(["tagged"]), "etcd")).to.equal(false);
  });
});

describe("a plan", () => {
  after(clear);
  const note = handler("Note", restart("Restart it", { name: "a" }));
  const other = handler("Other", restart("Restart another", { name: "b" }));
  const app = defineRole({
    name: "app",
    description: "",
    vars: {},
    folder: "/roles/app",
    tasks: () => [
      file("One", { dest: "/1", content: "" }).notify(other, note),
      template("Two", { src: "t.hbs", dest: "/2" }).tagged("slow").notify(note),
    ],
  });
  const one = play({ name: "Play", hosts: "all", roles: [app.tagged("own")], tags: ["ours"] });

  it("gives each task the tags of its play and its role, and the role's name", () => {
    const tasks = allTasks(plan(one, () => context(), all));
    expect(tasks.map(({ tags }) => tags)).to.deep.equal([
      ["ours", "own", "app"],
      ["ours", "own", "app", "slow"],
    ]);
  });

  it("leaves out what the tags do not choose", () => {
    expect(allTasks(plan(one, () => context(), filter(["slow"]))).map(({ task }) => task.name)).to.deep.equal(["Two"]);
  });

  it("names each handler once, in order of first appearance", () => {
    const handlers = handlersOf(allTasks(plan(one, () => context(), all)));
    expect(handlers.map(({ handler: { name } }) => name)).to.deep.equal(["Other", "Note"]);
  });

  it("finds a task's files in its role's folder", () => {
    const [, second] = allTasks(plan(one, () => context(), all));
    expect(() => propsOf(second!, () => undefined)).to.throw("/roles/app/templates/t.hbs: there is no such template");
  });

  it("has no properties while an output is not made", () => {
    const first = file("First", { dest: "/1", content: "" });
    const role = defineRole({
      name: "lazy",
      description: "",
      vars: {},
      tasks: () => [link("Second", { dest: "/2", target: first.notify(note).output.map(() => "/made") })],
    });
    const [second] = allTasks(plan(play({ name: "P", hosts: "all", roles: [role] }), () => context(), all));
    expect(propsOf(second!, () => undefined)).to.equal(undefined);
    expect(propsOf(second!, (source) => (source === first ? { value: "x" } : undefined))).to.deep.equal({
      dest: "/2",
      target: "/made",
    });
  });
});
