import { expect } from "chai";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { command, defineRole, directory, file, handler, play, playbook, run } from "kubeplay";
import { Predictions } from "#engine/runner/sealed/predictions.ts";
import { onlyPlanned, refusals } from "#engine/runner/sealed/keep-to-plan.ts";
import { Seal } from "#engine/runner/sealed/seal.ts";
import type { PredictedHost } from "#engine/runner/sealed/sealed-plan.ts";
import { clear, folder, played } from "../stage.ts";

/** Tasks of the same name on purpose, a handler, and one host that does something for all. */
const site = (root: string) => {
  const app = defineRole({
    name: "app",
    description: "",
    vars: {},
    tasks: ({ host }) => {
      const home = path.join(root, host.name);
      const note = handler("Note", run("Note it", { command: `echo noted >> ${home}/notes` }));
      return [
        directory("Make it", { path: home }),
        file("Write it", { dest: `${home}/one`, content: "one\n" }).notify(note),
        file("Write it", { dest: `${home}/two`, content: "two\n" }),
        command("Have it", { run: `touch ${root}/had`, unless: `[ -e ${root}/here ]` }),
        command("Once", { run: `echo ${host.name} > ${root}/once`, creates: `${root}/once` }).runOnce(),
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
  const predicted = async (): Promise<Record<string, PredictedHost>> => {
    const predictions = new Predictions(Seal.of(root), (text) => text);
    await played({
      root,
      playbook: site(root),
      hosts,
      options: { check: true, diff: true },
      onEvent: (event) => predictions.take(event),
      watching: { answered: predictions.answered },
    });
    return predictions.hosts;
  };
  const applied = async (plan: Record<string, PredictedHost>) => {
    const refused = refusals(plan, await predicted());
    return played({
      root,
      playbook: site(root),
      hosts,
      watching: { refuses: (host) => refused.get(host), allows: onlyPlanned(plan) },
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
    expect(readFileSync(path.join(root, "once"), "utf8")).to.equal("b\n");
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
    const run = await played({ root, playbook: site(root), hosts, watching: { allows: onlyPlanned(plan) } });
    expect(failures(run)).to.deep.equal(["a: Write it: not in the plan: content. Nothing was done; make a new plan"]);
    expect(run.pending("a"), "no handler is owed").to.deep.equal([]);
    expect(readFileSync(path.join(root, "a/one"), "utf8")).to.equal("other\n");
  });
});
