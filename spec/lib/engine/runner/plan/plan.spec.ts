import { expect } from "chai";
import {
  barrier,
  block,
  command,
  defineResource,
  defineRole,
  file,
  handler,
  type Item,
  link,
  play,
  restart,
  type RoleContext,
  template,
  wait,
} from "kubeplay";
import { InputError, TaskError } from "#engine/errors.ts";
import { assumedFacts } from "#engine/facts/assumed.ts";
import {
  allTasks,
  handlersOf,
  isPlannedBlock,
  locatedProps,
  mistakesIn,
  plan,
  propsOf,
  usualTasks,
  wanted,
  type Contexts,
  type TagFilter,
} from "#engine/runner/plan/plan.ts";
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

  const write = (name: string, dest = "/x") => file(name, { dest, content: "" });
  const planned = (items: readonly Item[], chosen = all, roles = 1) => {
    const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => items });
    return plan(play({ name: "P", hosts: "all", roles: Array(roles).fill(role) }), () => context(), chosen);
  };
  const names = (tasks: readonly { readonly task: { readonly name: string } }[]) => tasks.map(({ task }) => task.name);

  it("tells tasks, blocks and roles of the same name apart, also where tags leave some of them out", () => {
    const turns = (name: string) =>
      block(name, write("One").tagged("x")).inTurn({ first: wait("Look", { until: "true" }) });
    const both = planned([write("One"), turns("Several"), turns("Several")], all, 2);
    const ids = both.map((one) => (isPlannedBlock(one) ? one.turns?.id : one.id));
    expect(new Set(ids).size).to.equal(6);
    const [first] = both;
    expect(first && !isPlannedBlock(first) && [first.id, first.roleId]).to.deep.equal(["app\0One", "app"]);
    const other = both[3];
    expect(other && !isPlannedBlock(other) && [other.id, other.roleId]).to.deep.equal(["app#2\0One", "app#2"]);
    const looks = both.flatMap((one) => (isPlannedBlock(one) ? [one.turns?.first?.id] : []));
    expect(new Set(looks).size).to.equal(4);
    const [chosen] = planned([write("One"), write("One").tagged("x")], filter(["x"]));
    expect(chosen && !isPlannedBlock(chosen) && chosen.id, "the same with any tags").to.equal("app\0One#2");
  });

  it("has blocks with their parts and turns, without those that tags leave neither tasks nor what is always done of", () => {
    const several = block("Several", write("One").tagged("x"))
      .rescue(write("Mend"))
      .always(write("Tidy").tagged("y"))
      .inTurn({ serial: 2, unit: "app.service" });
    const [whole] = planned([several]);
    if (!whole || !isPlannedBlock(whole)) throw new Error("no block");
    expect([whole.name, names(allTasks([whole])), names(usualTasks([whole]))]).to.deep.equal([
      "Several",
      ["One", "Mend", "Tidy"],
      ["One", "Tidy"],
    ]);
    expect(whole.turns).to.deep.include({ serial: 2, unit: "app.service", first: undefined });
    expect(planned([block("Plain", write("One"))])[0]).to.not.have.property("turns");
    const left = (tag: string) => names(allTasks(planned([several], filter([tag]))));
    expect([left("x"), left("y"), left("z")]).to.deep.equal([["One"], ["Tidy"], []]);
    expect(planned([several], filter(["z"]))).to.deep.equal([]);
  });

  it("refuses whatever hosts wait at for each other in a block that they do in turn", () => {
    const look = wait("Look", { until: "true" });
    const turns = (...items: readonly Item[]) => block("Outer", ...items).inTurn({ first: look });
    const refusal = (item: Item) =>
      expect(() => planned([item]))
        .to.throw(TaskError)
        .with.property("message").that;
    refusal(turns(write("One"), barrier("Meet"))).includes('in turn, but it has the barrier "Meet"');
    refusal(turns(block("Plain", write("One").runOnce()))).includes('"One", which one host does for all');
    refusal(turns(write("One")).always(block("Inner", write("Two")).inTurn())).includes('the block "Inner"');
    expect(planned([barrier("Meet"), turns(write("One"))])).to.have.length(2);
    expect(planned([block("Plain", barrier("Meet"), turns(write("One")))])).to.have.length(1);
  });

  it("refuses handlers of one name, also where a handler notifies one, and no handler that is notified twice", () => {
    const again = () => handler("Again", restart("Restart", { name: "x" }));
    const one = again();
    expect(names(allTasks(planned([write("One").notify(one), write("Two").notify(one)])))).to.have.length(2);
    const first = handler("First", command("First", { run: "true" }).notify(again()));
    expect(() => planned([write("One").notify(one), write("Two").notify(first)])).to.throw(
      TaskError,
      'the role app has two handlers named "Again"',
    );
    const inRescue = block("Several", write("Two")).rescue(write("Mend").notify(again()));
    expect(() => planned([write("One").notify(one), inRescue])).to.throw("two handlers");
    expect(
      handlersOf(allTasks(planned([write("Two").notify(first)]))).map(({ handler: { name } }) => name),
    ).to.deep.equal(["First", "Again"]);
  });

  it("asks for other secrets only after the role was planned, and hides them in names", () => {
    const order: string[] = [];
    const secret = (word: string): RoleContext<unknown> => ({ ...context(), vars: { word } });
    const contexts: Contexts = Object.assign(() => secret("hunter2"), {
      withOtherSecrets: () => {
        order.push("other secrets");
        return [secret("other")];
      },
    });
    const role = defineRole({
      name: "app",
      description: "",
      vars: {},
      tasks: ({ vars }) => {
        const { word } = vars as { word: string };
        order.push(word);
        return [write(`Write ${word}`)];
      },
    });
    const [task] = allTasks(plan(play({ name: "P", hosts: "all", roles: [role] }), contexts, all));
    expect(order).to.deep.equal(["hunter2", "other secrets", "other"]);
    expect(task?.task.name).to.equal("Write ********");
    expect(task?.twins?.of(task.task)?.name).to.equal("Write other");
  });

  describe("of properties that are wrong", () => {
    const mistyped = (props: object) =>
      (file as unknown as (name: string, props: object) => ReturnType<typeof file>)("Write", props);
    const role = defineRole({ name: "app", description: "", vars: {}, folder: "/roles/app", tasks: () => [] });

    it("tells each mistake once, with its place", () => {
      const [one, ...more] = mistakesIn(mistyped({ dest: "/x", contnt: "" }), { dest: "/x", contnt: "" });
      expect(more).to.deep.equal([]);
      expect(one?.message).to.match(/^file "Write": there is no contnt/);
      expect(one?.where?.file).to.include("plan.spec.ts");
      expect(mistakesIn(write("Right"), { dest: 7 }), "it was right when it was written").to.deep.equal([]);
    });

    it("fails with the first of them", () => {
      expect(() => locatedProps(mistyped({ dest: "/x", contnt: "" }), role, {})).to.throw(
        TaskError,
        /plan\.spec\.ts:\d+:\d+: file "Write": there is no contnt/,
      );
    });

    const locating = (error: () => unknown) =>
      defineResource({
        kind: "lamp",
        label: () => "",
        needs: () => ({}),
        diff: () => [],
        apply: () => [],
        forecast: () => ({}),
        locate: (p: { readonly name: string }, folder) => {
          if (p.name !== "right") throw error();
          return { name: `${folder}/${p.name}` };
        },
      })("Light", { name: "wrong" });

    it("tells what the resource says of them, an unexpected error as one of the task", () => {
      const input = new InputError([{ message: "no such lamp" }]);
      expect(() =>
        locatedProps(
          locating(() => input),
          role,
          { name: "wrong" },
        ),
      ).to.throw(input);
      const cause = new TypeError("no name");
      try {
        locatedProps(
          locating(() => cause),
          role,
          { name: "wrong" },
        );
        expect.fail("it did not fail");
      } catch (error) {
        expect(error).to.be.instanceOf(TaskError).and.to.include({ message: "no name", cause });
      }
      expect(() =>
        locatedProps(
          locating(() => "a text"),
          role,
          { name: "wrong" },
        ),
      ).to.throw(TaskError, "a text");
      expect(
        locatedProps(
          locating(() => cause),
          role,
          { name: "right" },
        ),
      ).to.deep.equal({ name: "/roles/app/right" });
    });

    it("leaves the properties of an action as they are", () => {
      const props = { name: "x" };
      expect(locatedProps(restart("Restart", props), role, props)).to.equal(props);
    });
  });
});
