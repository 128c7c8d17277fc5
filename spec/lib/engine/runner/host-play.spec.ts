import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { Type } from "typebox";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { UnreachableError } from "#engine/errors.ts";
import * as resources from "kubeplay";
import { defineRole, play, type Playbook, playbook, type Task } from "kubeplay";
import { clear, folder, played, type Scene } from "./stage.ts";

const { command, directory, file, flushHandlers, handler, line, link, rollingHandler, run, wait } = resources;

/** One role on all hosts, by one play. */
const roleOf = (tasks: (host: string) => readonly Task[], name = "app") =>
  defineRole({ name, description: "", vars: {}, tasks: ({ host }) => tasks(host.name) });
const one = (tasks: (host: string) => readonly Task[]): Playbook =>
  playbook([play({ name: "Play", hosts: "all", roles: [roleOf(tasks)] })]);

/** In check mode and then for real: both must tell the same changes. */
async function both(scene: Scene) {
  const check = await played({ ...scene, options: { check: true } });
  const real = await played(scene);
  expect([...check.changes].sort(), "what check predicted").to.deep.equal([...real.changes].sort());
  return real;
}

const note = (root: string, text: string) => command(`Note ${text}`, { run: `echo ${text} >> '${root}/notes'` });
const notes = (root: string): string[] =>
  existsSync(`${root}/notes`) ? readFileSync(`${root}/notes`, "utf8").trim().split("\n") : [];
const messageOf = ({ tasks }: { readonly tasks: readonly { host: string; message?: string }[] }, host: string) =>
  tasks.find((task) => task.host === host && task.message !== undefined)?.message;

/** The one host cannot be reached. */
const without =
  (...gone: readonly string[]) =>
  (target: Target): Promise<Writer> =>
    gone.includes(target.name) ? Promise.reject(new UnreachableError(target.name, "gone")) : connect(target);

describe("handlers", () => {
  after(clear);

  it("run where a role flushes them, and once", async () => {
    const root = folder();
    const plays = one(() => [
      file("Write it", { dest: `${root}/conf`, content: "1" }).notify(handler("Again", note(root, "handled"))),
      flushHandlers(),
      wait("Wait for what the handler brings", { until: `test -e '${root}/notes'`, timeout: 0 }),
      note(root, "last"),
    ]);
    await both({ root, playbook: plays });
    expect(notes(root)).to.deep.equal(["handled", "last"]);
    const again = await played({ root, playbook: plays });
    expect(again.changes).to.deep.equal(["a: Note last"]);
    expect(again.terminal).to.not.include("Run the handlers");
  });

  it("may notify handlers in turn", async () => {
    const root = folder();
    const second = handler("Second", note(root, "second"));
    const first = handler("First", note(root, "first").notify(second));
    const plays = one(() => [file("Write it", { dest: `${root}/conf`, content: "1" }).notify(first)]);
    const { pending } = await both({ root, playbook: plays });
    expect(notes(root)).to.deep.equal(["first", "second"]);
    expect(pending("a")).to.deep.equal([]);
  });

  it("that take turns end at the first failure, and the other hosts still owe theirs", async () => {
    const root = folder();
    const plays = one((host) => {
      const restart = command("Restart it", { run: `echo ${host} >> '${root}/notes'; test ${host} != b` });
      return [
        file("Write it", { dest: `${root}/${host}`, content: "1" }).notify(rollingHandler("Again", restart)),
        // So that they come to it in this order.
        wait("Wait for the one before", {
          until: host === "a" ? "true" : `test -e '${root}/${host === "b" ? "a" : "b"}'; sleep 0.2`,
        }),
      ];
    });
    const done = await played({ root, playbook: plays, hosts: ["a", "b", "c"] });
    expect(done.code).to.equal(2);
    expect(notes(root).filter((host) => host === "b")).to.have.length(1);
    const refused = ["a", "c"].filter((host) => !notes(root).includes(host));
    for (const host of refused) {
      expect(messageOf(done, host)).to.include("it failed on b");
      expect(done.pending(host)).to.deep.equal(["app : Again"]);
    }
    expect(notes(root).at(-1)).to.equal("b");
  });

  it("of a role that a play has twice are two", async () => {
    const root = folder();
    const app = defineRole({
      name: "app",
      description: "",
      vars: { text: Type.String() },
      tasks: ({ vars: { text } }) => [
        file(`Write ${text}`, { dest: `${root}/${text}`, content: "" }).notify(handler("Again", note(root, text))),
      ],
    });
    const plays = playbook([
      play({ name: "Play", hosts: "all", roles: [app.with({ text: "x" }), app.with({ text: "y" })] }),
    ]);
    await both({ root, playbook: plays });
    expect(notes(root)).to.deep.equal(["x", "y"]);
  });

  it("of one name in one role are refused: nobody could tell which is owed", async () => {
    const root = folder();
    const plays = one(() =>
      ["1", "2"].map((name) =>
        file(name, { dest: `${root}/${name}`, content: "" }).notify(handler("Again", note(root, name))),
      ),
    );
    const done = await played({ root, playbook: plays });
    expect(done.code).to.equal(2);
    expect(messageOf(done, "a")).to.equal('the role app has two handlers named "Again": give each a name of its own');
    expect(existsSync(`${root}/1`)).to.equal(false);
  });

  it("are not notified by a wait", async () => {
    const root = folder();
    const plays = one(() => [
      wait("Wait", { until: `test -e '${root}/there' || { touch '${root}/there'; false; }`, every: 0.01 }).notify(
        handler("Again", note(root, "never")),
      ),
    ]);
    expect((await played({ root, playbook: plays })).changes).to.deep.equal([]);
  });
});

describe("what is done once", () => {
  after(clear);
  const hosts = ["a", "b", "c"];
  const plays = (root: string) =>
    one((host) => [
      command("Fail where told", {
        run: `test ! -e '${root}/fail-${host}'`,
        unless: `test ! -e '${root}/fail-${host}'`,
      }),
      command("Note who does it", { run: `echo ${host} >> '${root}/notes'` }).runOnce(),
      command("Go on", { run: `test -e '${root}/notes' && touch '${root}/${host}'`, creates: `${root}/${host}` }),
    ]);

  it("is done by the first host, and the others go on after it", async () => {
    const root = folder();
    const done = await both({ root, playbook: plays(root), hosts, options: { forks: 2 } });
    expect(done.code).to.equal(0);
    expect(notes(root)).to.deep.equal(["a"]);
    expect(hosts.map((host) => existsSync(`${root}/${host}`))).to.deep.equal([true, true, true]);
    expect(done.terminal.match(/Note who/g)).to.have.length(1);
  });

  it("is done by the next where the first failed before, or is not there", async () => {
    const root = folder();
    writeFileSync(`${root}/fail-b`, "");
    await played({ root, playbook: plays(root), hosts, connect: without("a") });
    expect(notes(root)).to.deep.equal(["c"]);
  });

  it("fails on all where it failed on one", async () => {
    const root = folder();
    const failing = one(() => [
      command("Fail", { run: `echo x >> '${root}/notes'; false`, unless: "false" }).runOnce(),
    ]);
    const done = await played({ root, playbook: failing, hosts });
    expect(done.code).to.equal(2);
    expect(notes(root)).to.deep.equal(["x"]);
    expect(messageOf(done, "c")).to.equal("it failed on a, which did it for all hosts");
  });
});

describe("hosts that are not there", () => {
  after(clear);
  const touch = (root: string, name: string) =>
    roleOf((host) => [file(`Write ${name}`, { dest: `${root}/${host}-${name}`, content: "" })], name);

  it("do not end a run for the others, also where a play is theirs alone", async () => {
    const root = folder();
    const plays = playbook([
      play({ name: "First", hosts: "all", roles: [touch(root, "first")] }),
      play({ name: "Alone", hosts: "all[0]", roles: [touch(root, "alone")] }),
      play({ name: "Last", hosts: "all", roles: [touch(root, "last")] }),
    ]);
    const done = await played({ root, playbook: plays, hosts: ["a", "b"], connect: without("a") });
    expect(done.changes).to.deep.equal(["b: Write first", "b: Write last"]);
    expect(done.code).to.equal(4);
    expect(done.terminal).to.include("PLAY [Alone] is left out: a failed before");
  });

  it("do not end a serial play", async () => {
    const root = folder();
    const plays = playbook([play({ name: "Play", hosts: "all", serial: 1, roles: [touch(root, "it")] })]);
    const done = await played({ root, playbook: plays, hosts: ["a", "b"], connect: without("a") });
    expect(done.changes).to.deep.equal(["b: Write it"]);
    expect(done.code).to.equal(4);
  });
});

/** All is asked ahead in one write: what a change made stale must be asked again. */
describe("what a change touches", () => {
  after(clear);
  const cases: readonly (readonly [string, (at: (name: string) => string) => readonly Task[], readonly string[]])[] = [
    [
      "what a turned link leads to",
      (at) => [
        link("Turn it", { dest: at("now"), target: "v2" }),
        file("Write it", { dest: at("now/conf"), content: "1" }),
      ],
      ["Turn it", "Write it"],
    ],
    [
      "what an action may have done",
      (at) => [
        file("Notify", { dest: at("x"), content: "" }).notify(
          handler("Clear", run("Clear it", { run: `rm -r '${at("dir")}'` })),
        ),
        flushHandlers(),
        directory("Have it", { path: at("dir") }),
      ],
      ["Notify", "Clear it", "Have it"],
    ],
    [
      "what is in a directory that goes",
      (at) => [
        directory("Clear it", { path: at("dir"), state: "absent" }),
        file("Write it anew", { dest: at("dir-new"), content: "" }),
        directory("Have it", { path: at("dir") }),
        file("Write in it", { dest: at("dir/old"), content: "old" }),
      ],
      ["Clear it", "Write it anew", "Have it", "Write in it"],
    ],
    [
      "a file on the controller that is there for the next task",
      (at) => [
        file("Make it", { dest: at("made"), content: "1" }),
        file("Copy it", { dest: at("copy"), src: at("made") }),
      ],
      ["Make it", "Copy it"],
    ],
    [
      "what a command made",
      (at) => [
        command("Make it", { run: `echo a=1 > '${at("ini")}'`, creates: at("ini") }),
        line("Change it", { path: at("ini"), line: "a=2", match: "^a=" }),
      ],
      ["Make it", "Change it"],
    ],
  ];
  for (const [what, tasks, changes] of cases)
    it(what, async () => {
      const root = folder();
      const at = (name: string) => `${root}/at/${name}`;
      for (const name of ["v1", "v2", "dir"]) mkdirSync(at(name), { recursive: true });
      writeFileSync(at("dir/old"), "old");
      writeFileSync(at("v1/conf"), "1");
      symlinkSync("v1", at("now"));
      const plays = one(() => tasks(at));
      const done = await played({ root, playbook: plays });
      expect(messageOf(done, "a")).to.equal(undefined);
      expect(done.changes).to.deep.equal(changes.map((change) => `a: ${change}`));
    });

  it("is foreseen of a directory that goes with all in it", async () => {
    const root = folder();
    mkdirSync(`${root}/dir`);
    writeFileSync(`${root}/dir/old`, "old");
    const plays = one(() => [
      directory("Clear it", { path: `${root}/dir`, state: "absent" }),
      directory("Have it", { path: `${root}/dir` }),
      file("Write in it", { dest: `${root}/dir/old`, content: "old" }),
    ]);
    expect((await both({ root, playbook: plays })).changes).to.have.length(3);
  });
});
