import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import {
  archive,
  command,
  defineResource,
  defineRole,
  directory,
  file,
  handler,
  line,
  link,
  play,
  type Playbook,
  playbook,
  type Task,
} from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { UnreachableError } from "#engine/errors.ts";
import { path as pathQuery } from "#engine/queries/path.ts";
import { clear, folder, played } from "../stage.ts";

const one = (...tasks: readonly Task[]): Playbook =>
  playbook([
    play({
      name: "Play",
      hosts: "all",
      roles: [defineRole({ name: "app", description: "", vars: {}, tasks: () => tasks })],
    }),
  ]);

/** A connection that tells when something was sent and when it was answered: W a write, R a read, . an answer. */
const watched =
  (told: string[], lostAfter = Infinity) =>
  async (target: Target): Promise<Writer> => {
    const writer = await connect(target);
    let writes = 0;
    const follow = async <T>(word: string, work: () => Promise<T>): Promise<T> => {
      told.push(word);
      if (word === "W" && ++writes > lostAfter) throw new UnreachableError(target.name, "the line was cut");
      if (word === "R" && writes > lostAfter) throw new UnreachableError(target.name, "the line was cut");
      const answer = await work();
      told.push(".");
      return answer;
    };
    return {
      host: writer.host,
      read: (script, options) => follow("R", () => writer.read(script, options)),
      run: (script, options) => follow("W", () => writer.run(script, options)),
      upload: (upload, chain) => follow("W", () => writer.upload(upload, chain)),
      close: () => writer.close(),
    };
  };

const files = (root: string, count: number): Task[] =>
  Array.from({ length: count }, (_, index) =>
    file(`Write ${String(index)}`, { dest: `${root}/${String(index)}`, content: "x" }),
  );

/** Says that it changed something, and did not. */
const idle = defineResource({
  kind: "idle",
  label: (p: { readonly path: string }) => p.path,
  needs: (p) => ({ path: pathQuery(p.path) }),
  diff: (now) => (now.path.type === "absent" ? [{ what: "state", before: "absent", after: "present" }] : []),
  apply: () => ["true"],
  forecast: () => ({ path: { type: "file" as const, mode: 0o644 } }),
});

/** Touches more than it names, as a service does, and needs something once after the last. */
const lamp = (root: string) =>
  defineResource({
    kind: "lamp",
    label: (p: { readonly name: string }) => p.name,
    needs: (p) => ({ path: pathQuery(`${root}/${p.name}`) }),
    diff: (now) => (now.path.type === "absent" ? [{ what: "state", before: "off", after: "on" }] : []),
    apply: (_found, _now, p) => [`touch '${root}/${p.name}'; echo ${p.name} >> '${root}/log'`],
    together: () => [`echo settled >> '${root}/log'`],
    forecast: () => ({ path: { type: "file" as const, mode: 0o644 } }),
    effects: () => ["everything"],
  });

describe("changes of one kind that touch more than they name", () => {
  after(clear);
  const log = (root: string): string[] => readFileSync(`${root}/log`, "utf8").trim().split("\n");

  it("go out together, with what comes once after the last of them", async () => {
    const root = folder();
    const on = lamp(root);
    const told: string[] = [];
    const tasks = [on("One", { name: "1" }), on("Two", { name: "2" }), ...files(root, 1), on("Three", { name: "3" })];
    const { changes } = await played({ root, playbook: one(...tasks), connect: watched(told) });
    expect(changes).to.have.length(4);
    expect(log(root)).to.deep.equal(["1", "2", "settled", "3", "settled"]);
    expect(told.join("")).to.equal("R.R.WWW...R.WW..R.WW..R.");
  });

  it("are told one by one, the last with what came after it", async () => {
    const root = folder();
    const broken = defineResource({
      kind: "broken lamp",
      label: (p: { readonly name: string }) => p.name,
      needs: (p) => ({ path: pathQuery(`${root}/${p.name}`) }),
      diff: (now) => (now.path.type === "absent" ? [{ what: "state", before: "off", after: "on" }] : []),
      apply: (_found, _now, p) => [`touch '${root}/${p.name}'`],
      together: () => ["echo no power >&2; false"],
      forecast: () => ({ path: { type: "file" as const, mode: 0o644 } }),
    });
    const tasks = [broken("One", { name: "1" }), broken("Two", { name: "2" })];
    const { tasks: ended } = await played({ root, playbook: one(...tasks) });
    expect(ended.map(({ task, outcome }) => `${task} ${outcome}`)).to.deep.equal(["One changed", "Two failed"]);
    expect(ended.at(-1)?.message).to.equal("exit code 1: no power");
  });

  it("of the same subject come one after the other", async () => {
    const root = folder();
    const on = lamp(root);
    const { changes } = await played({ root, playbook: one(on("One", { name: "1" }), on("Again", { name: "1" })) });
    expect(changes).to.deep.equal(["a: One"]);
  });
});

describe("changes that need nothing of each other", () => {
  after(clear);

  it("go out together, and all is asked again in one write", async () => {
    const root = folder();
    const told: string[] = [];
    const { code, changes } = await played({ root, playbook: one(...files(root, 5)), connect: watched(told) });
    expect(code).to.equal(0);
    expect(changes).to.have.length(5);
    // The facts, what is there, the five writes, what brings them all to the disk, what is there now.
    expect(told.join("")).to.equal("R.R.WWWWWW......R.");
  });

  it("go out together also if they need the same folders and the same file of the controller", async () => {
    const root = folder();
    const told: string[] = [];
    writeFileSync(`${root}/source`, "text");
    const tasks = [
      directory("Make the first and what is above it", { path: `${root}/above/1` }),
      directory("Make the second", { path: `${root}/above/2` }),
      directory("Make the third", { path: `${root}/above/3` }),
      file("Copy", { dest: `${root}/above/1/copy`, src: `${root}/source` }),
      file("Copy again", { dest: `${root}/above/2/copy`, src: `${root}/source` }),
    ];
    const { changes } = await played({ root, playbook: one(...tasks), connect: watched(told) });
    expect(changes).to.have.length(5);
    // Only the first makes what the others need. The controller's file is read in between, and an answer may come meanwhile.
    expect(told.filter((word) => word !== ".").join("")).to.equal("RRWRWWWWWR");
  });

  it("are told in the order of their tasks, those that changed nothing among them", async () => {
    const root = folder();
    writeFileSync(`${root}/1`, "x", { mode: 0o644 });
    const [first, second, third] = files(root, 3) as [Task, Task, Task];
    const { tasks } = await played({
      root,
      playbook: one(first, second, third.when(false), link("Link", { dest: `${root}/l`, target: "x" })),
    });
    expect(tasks.map(({ task, outcome }) => `${task} ${outcome}`)).to.deep.equal([
      "Write 0 changed",
      "Write 1 ok",
      "Write 2 skipped",
      "Link changed",
    ]);
  });

  it("wait for each other where one looks at what another makes", async () => {
    const root = folder();
    const told: string[] = [];
    const tasks = [
      file("Write it", { dest: `${root}/conf`, content: "a = 1\n" }),
      line("Add to it", { path: `${root}/conf`, line: "b = 2" }),
      directory("Make a folder", { path: `${root}/folder` }),
    ];
    const { changes } = await played({ root, playbook: one(...tasks), connect: watched(told) });
    expect(changes).to.have.length(3);
    expect(readFileSync(`${root}/conf`, "utf8")).to.equal("a = 1\nb = 2\n");
    expect(told.join("")).to.equal("R.R.WW..R.WWW...R.");
  });

  it("end at the first that fails: what came after it is not run, what came before it is told", async () => {
    const root = folder();
    const [first, second, third] = files(root, 3) as [Task, Task, Task];
    const broken = file("Break", { dest: `${root}/none/there`, content: "x" });
    const again = handler("Again", command("Do it again", { run: `touch ${root}/handled` }));
    const { code, tasks, pending } = await played({
      root,
      playbook: one(first, second.notify(again), broken, third.notify(again)),
    });
    expect(code).to.equal(2);
    expect(tasks.map(({ task, outcome }) => `${task} ${outcome}`)).to.deep.equal([
      "Write 0 changed",
      "Write 1 changed",
      "Break failed",
    ]);
    expect(tasks.at(-1)?.message).to.include("none");
    expect(readdirSync(root).filter((name) => /^\d$/.test(name))).to.deep.equal(["0", "1"]);
    expect(pending("a")).to.deep.equal(["app : Again"]);
  });

  it("are each looked at: one that did not converge fails by its name, and the others are told", async () => {
    const root = folder();
    const [first, second] = files(root, 2) as [Task, Task];
    const { code, tasks } = await played({
      root,
      playbook: one(
        first,
        idle("Idle", { path: `${root}/idle` }),
        second,
        command("After", { run: `touch ${root}/after` }),
      ),
    });
    expect(code).to.equal(2);
    expect(tasks.map(({ task, outcome }) => `${task} ${outcome}`)).to.deep.equal([
      "Write 0 changed",
      "Idle failed",
      "Write 1 changed",
    ]);
    expect(tasks[1]?.message).to.equal("did not converge: state is absent, expected present");
    expect(readdirSync(root)).to.not.include("after");
  });

  it("are not asked for what a change has taken away itself: an archive that it unpacked", async () => {
    const root = folder();
    writeFileSync(`${root}/x`, "x");
    execFileSync("tar", ["-C", root, "-cf", `${root}/small.tar`, "x"]);
    const unpack = archive("Unpack", { src: `${root}/small.tar`, dest: `${root}/unpacked` });
    const { code, changes } = await played({ root, playbook: one(unpack, ...files(root, 1)) });
    expect([code, changes]).to.deep.equal([0, ["a: Unpack", "a: Write 0"]]);
  });

  it("that a host was lost with are told as what they are: made, or not known", async () => {
    const root = folder();
    const { code, tasks } = await played({ root, playbook: one(...files(root, 4)), connect: watched([], 2) });
    expect(code).to.equal(4);
    expect(tasks.map(({ task, outcome }) => `${task} ${outcome}`)).to.deep.equal([
      "Write 0 changed",
      "Write 1 changed",
      "Write 2 unreachable",
    ]);
  });

  it("are predicted by check mode as they are made", async () => {
    const root = folder();
    const plays = one(...files(root, 3), line("Add", { path: `${root}/0`, line: "y" }));
    const check = await played({ root, playbook: plays, options: { check: true } });
    expect((await played({ root, playbook: plays })).changes).to.deep.equal(check.changes);
    expect((await played({ root, playbook: plays })).changes).to.deep.equal(["a: Write 0", "a: Add"]);
  });
});
