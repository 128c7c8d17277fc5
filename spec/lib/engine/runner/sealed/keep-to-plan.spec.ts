import { expect } from "chai";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { command, defineRole, directory, file, handler, play, playbook, read as query, run } from "kubeplay";
import type { Playbook } from "#engine/dsl/index.ts";
import { Predictions } from "#engine/runner/sealed/predictions.ts";
import { onlyPlanned, refusals } from "#engine/runner/sealed/keep-to-plan.ts";
import { Seal } from "#engine/runner/sealed/seal.ts";
import type { PredictedHost } from "#engine/runner/sealed/sealed-plan.ts";
import type { Task } from "#engine/tasks/task.ts";
import { clear, folder, played } from "../stage.ts";

/** Tasks of the same name on purpose, a handler, and one host that does something for all. */
const site = (root: string) => {
  const app = defineRole({
    name: "app",
    description: "",
    vars: {},
    tasks: ({ host }) => {
      const home = path.join(root, host.name);
      const note = handler("Note", run("Note it", { run: `echo noted >> ${home}/notes` }));
      return [
        directory("Make it", { path: home }),
        file("Write it", { dest: `${home}/one`, content: "one\n" }).notify(note),
        file("Write it", { dest: `${home}/two`, content: "two\n" }),
        command("Have it", { run: `touch ${root}/had`, unless: `[ -e ${root}/here ]` }),
        command("Once", { run: `echo once > ${root}/once`, creates: `${root}/once` }).runOnce(),
      ];
    },
  });
  return playbook([play({ name: "Play", hosts: "all", roles: [app] })]);
};

describe("keeping to a plan", () => {
  after(clear);
  let root: string;
  beforeEach(() => {
    root = folder();
    writeFileSync(path.join(root, "here"), "");
  });

  const hosts = ["a", "b"];
  const cover = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll("hunter2", "***")) as T;
  const predicted = async (playbook = site(root)): Promise<Record<string, PredictedHost>> => {
    const predictions = new Predictions(Seal.of(root), cover);
    await played({
      root,
      playbook,
      hosts,
      options: { check: true, diff: true },
      onEvent: (event) => predictions.take(event),
      watching: { answered: predictions.answered, beforeChange: predictions.beforeChange },
    });
    return predictions.hosts;
  };
  const applied = async (plan: Record<string, PredictedHost>, playbook = site(root)) => {
    const refused = refusals(plan, await predicted(playbook));
    return played({
      root,
      playbook,
      hosts,
      watching: { refuses: (host) => refused.get(host), beforeChange: onlyPlanned(plan, Seal.of(root)) },
    });
  };
  const failures = ({ tasks }: Awaited<ReturnType<typeof applied>>) =>
    tasks
      .filter(({ outcome }) => outcome === "failed")
      .map(({ host, task, message }) => `${host}: ${task}: ${message ?? ""}`);

  it("makes all changes that were predicted, handlers too", async () => {
    const plan = await predicted();
    const run = await applied(plan);
    expect(run.code, run.terminal).to.equal(0);
    const names = plan.b?.changes.map(({ task }) => `b: ${task}`);
    expect(names).to.deep.equal(["b: Make it", "b: Write it", "b: Write it", "b: Note it"]);
    expect(run.changes.filter((change) => change.startsWith("b"))).to.deep.equal(names);
  });

  it("fails a host that has drifted before anything is done there, and names what differs", async () => {
    const plan = await predicted();
    writeFileSync(path.join(root, "a"), "in the way");
    const run = await applied(plan);
    expect(run.code).to.equal(2);
    expect(failures(run)).to.have.length(1);
    expect(failures(run)[0]).to.match(
      /^a: Comparing with the plan: this host is not as it was .*: path \S+\/a\. Nothing/,
    );
    expect(existsSync(path.join(root, "b/two"))).to.equal(true);
  });

  it("has another host do what one does for all, where the first is lost", async () => {
    const plan = await predicted();
    writeFileSync(path.join(root, "a"), "in the way");
    const run = await applied(plan);
    expect(run.changes).to.include("b: Once");
    expect(readFileSync(path.join(root, "once"), "utf8")).to.equal("once\n");
  });

  it("does not play on a host that the plan knows nothing of, or no more than a failure", async () => {
    const { a, b } = await predicted();
    const now = await predicted();
    expect(refusals({ a: a! }, now).get("b")).to.include("the plan does not know this host");
    expect(refusals({ a: a!, b: { ...b!, failed: "Make it: no" } }, now).get("b")).to.include("failure (Make it: no)");
    expect(refusals({ a: a!, b: b! }, { a: a! }).get("b")).to.include("could not be compared");
    expect(refusals({ a: a!, b: b! }, now).size).to.equal(0);
  });

  it("refuses a change that is not in the plan before its first step, and owes no handler for it", async () => {
    const plan = await predicted();
    rmSync(path.join(root, "here"));
    const run = await applied(plan);
    expect(run.code).to.equal(2);
    expect(failures(run)[0]).to.match(/^[ab]: Have it: not in the plan: \[ -e .*Nothing was done/);
    expect(existsSync(path.join(root, "had"))).to.equal(false);
  });

  it("refuses also what a handler would do", async () => {
    const plan = await predicted();
    const without = { ...plan.a!, changes: plan.a!.changes.filter(({ handler: isHandler }) => !isHandler) };
    const run = await applied({ ...plan, a: without });
    expect(failures(run)).to.deep.equal(["a: Note it: not in the plan. Nothing was done; make a new plan"]);
    expect(existsSync(path.join(root, "a/notes"))).to.equal(false);
    expect(run.pending("a"), "it is owed still").to.deep.equal(["app : Note"]);
  });

  it("tells tasks of the same name apart, and what of a file was to change", async () => {
    await applied(await predicted());
    writeFileSync(path.join(root, "a/two"), "other\n");
    const plan = await predicted();
    writeFileSync(path.join(root, "a/one"), "other\n");
    const run = await played({
      root,
      playbook: site(root),
      hosts,
      watching: { beforeChange: onlyPlanned(plan, Seal.of(root)) },
    });
    expect(failures(run)).to.deep.equal(["a: Write it: not in the plan: content. Nothing was done; make a new plan"]);
    expect(run.pending("a"), "no handler is owed").to.deep.equal([]);
    expect(readFileSync(path.join(root, "a/one"), "utf8")).to.equal("other\n");
  });

  describe("made with other values than the plan shows", () => {
    const source = () => path.join(root, "source");
    const refusedIn = async (playbook: Playbook, alter: () => void) => {
      const plan = await predicted(playbook);
      alter();
      return failures(await applied(plan, playbook));
    };

    beforeEach(() => writeFileSync(source(), "planned"));

    it("is refused for a file whose content was read, before its first step", async () => {
      const read = query("Read it", { run: `cat ${source()}` });
      const playbook = playbookOf(() => [
        read,
        file("Write it", { dest: `${root}/made`, content: read.output.map(({ stdout }) => stdout) }),
      ]);
      const refused = await refusedIn(playbook, () => writeFileSync(source(), "other"));
      expect(refused).to.deep.equal(["a: Write it: not in the plan: content. Nothing was done; make a new plan"]);
      expect(existsSync(path.join(root, "made"))).to.equal(false);
    });

    it("is refused for a secret file, whose difference shows nothing", async () => {
      let content = "hunter2";
      const playbook = playbookOf(() => [file("Write it", { dest: `${root}/made`, content, secret: true })]);
      const refused = await refusedIn(playbook, () => (content = "hunter3"));
      expect(refused).to.deep.equal(["a: Write it: not in the plan: steps. Nothing was done; make a new plan"]);
    });

    it("is refused for a command whose difference does not show what it runs", async () => {
      let word = "planned";
      const playbook = playbookOf(() => [command("Do", { run: `echo ${word} > ${root}/made`, unless: "false" })]);
      expect(await refusedIn(playbook, () => (word = "other"))).to.have.length(1);
      expect(existsSync(path.join(root, "made"))).to.equal(false);
    });

    it("is refused for what a handler runs", async () => {
      let word = "planned";
      const playbook = playbookOf(() => [
        file("Write it", { dest: `${root}/made`, content: "" }).notify(
          handler("Note", run("Note it", { run: `echo ${word} > ${root}/notes` })),
        ),
      ]);
      const refused = await refusedIn(playbook, () => (word = "other"));
      expect(refused).to.deep.equal(["a: Note it: not in the plan: steps. Nothing was done; make a new plan"]);
      expect(existsSync(path.join(root, "notes"))).to.equal(false);
    });

    it("is refused for a mode that no difference names", async () => {
      let mode = 0o600;
      const playbook = playbookOf(() => [file("Write it", { dest: `${root}/made`, content: "", mode })]);
      expect(await refusedIn(playbook, () => (mode = 0o666))).to.have.length(1);
    });

    it("is allowed only where the plan says that it is known after apply", async () => {
      const make = command("Make", { run: `cat ${source()}` });
      const playbook = playbookOf(() => [
        make,
        file("Write it", { dest: `${root}/made`, content: make.output.map(({ stdout }) => stdout) }),
        file("Write more", { dest: `${root}/more`, content: "more" }),
      ]);
      const plan = await predicted(playbook);
      expect(plan.a!.changes.map(({ task, sealed }) => [task, sealed !== undefined])).to.deep.equal([
        ["Make", true],
        ["Write it", false],
        ["Write more", true],
      ]);
      writeFileSync(source(), "other");
      expect(failures(await applied(plan, playbook))).to.deep.equal([]);
      expect(readFileSync(path.join(root, "made"), "utf8")).to.equal("other");
    });

    it("is refused if another host does for all what differs by host", async () => {
      const app = defineRole({
        name: "app",
        description: "",
        vars: {},
        tasks: ({ host }) => [
          directory("Make it", { path: path.join(root, host.name) }),
          command("Once", { run: `echo ${host.name} > ${root}/once`, creates: `${root}/once` }).runOnce(),
        ],
      });
      const all = playbook([play({ name: "Play", hosts: "all", roles: [app] })]);
      const plan = await predicted(all);
      writeFileSync(path.join(root, "a"), "in the way");
      expect(failures(await applied(plan, all))).to.include(
        "b: Once: not in the plan: steps. Nothing was done; make a new plan",
      );
    });
  });

  it("does not depend on what a mask covers, and keeps no secret in clear", async () => {
    const playbook = (content: string) =>
      playbookOf(() => [file("Write the hunter2 file", { dest: `${root}/made`, content })]);
    const plan = await predicted(playbook("hunter2"));
    expect(JSON.stringify(plan)).not.to.include("hunter2");
    expect(JSON.stringify(plan)).to.include("Write the *** file");
    expect(failures(await applied(plan, playbook("hunter2")))).to.deep.equal([]);
    expect(readFileSync(path.join(root, "made"), "utf8")).to.equal("hunter2");
  });
});

/** A play of one role on one host. */
const playbookOf = (tasks: () => readonly Task[]): Playbook =>
  playbook([
    play({ name: "Play", hosts: "a", roles: [defineRole({ name: "app", description: "", vars: {}, tasks })] }),
  ]);
