import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import * as resources from "kubeplay";
import { defineRole, type Item, play, type Play, playbook } from "kubeplay";
import { clear, folder, played, type Played } from "./stage.ts";

const { barrier, block, command, endPlay, file, flushHandlers, handler, read, rollingHandler } = resources;

type Tasks = (host: string) => readonly Item[];
const one = (tasks: Tasks, about: Partial<Play> = {}) =>
  playbook([
    play({
      name: "Play",
      hosts: "all",
      roles: [defineRole({ name: "app", description: "", vars: {}, tasks: ({ host }) => tasks(host.name) })],
      ...about,
    }),
  ]);
const hosts = ["a", "b"];
const failing = (name = "Fail") => command(name, { run: "echo broken >&2; exit 3" });
const note = (root: string, text: string) => command(`Note ${text}`, { run: `echo ${text} >> '${root}/notes'` });
const notes = (root: string): string[] =>
  existsSync(`${root}/notes`) ? readFileSync(`${root}/notes`, "utf8").trim().split("\n") : [];
const told = ({ tasks }: Played): string[] => tasks.map(({ host, task, outcome }) => `${host}: ${task} ${outcome}`);
const recapOf = ({ events }: Played, host: string) => {
  const end = events.at(-1);
  if (end?.type !== "run ended") throw new Error("the run did not end");
  return end.recap[host]!;
};

describe("what is done once for all", () => {
  after(clear);

  it("is done by another where the first was rescued before it came there", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [
      block("Try", ...(host === "a" ? [failing()] : []), note(root, `migrated by ${host}`).runOnce()).rescue(
        note(root, `rescued ${host}`),
      ),
      barrier(),
      note(root, `after ${host}`),
    ];
    await played({ root, hosts, playbook: one(tasks) });
    expect(notes(root).slice(0, 2).sort()).to.deep.equal(["migrated by b", "rescued a"]);
    expect(notes(root).slice(2).sort()).to.deep.equal(["after a", "after b"]);
  });

  it("in a rescue waits for nobody who has no need of one", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [
      block("Try", ...(host === "b" ? [failing()] : [])).rescue(note(root, "repaired").runOnce()),
      barrier(),
      note(root, "after"),
    ];
    await played({ root, hosts, playbook: one(tasks) });
    expect(notes(root)).to.deep.equal(["repaired", "after", "after"]);
  });

  it("waits for nobody who does not have it", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [
      ...(host === "b" ? [note(root, "once").runOnce()] : []),
      barrier(),
      note(root, "after"),
    ];
    await played({ root, hosts, playbook: one(tasks) });
    expect(notes(root)).to.deep.equal(["once", "after", "after"]);
  });

  it("makes what others copy, though they had looked for it before", async () => {
    const root = folder();
    writeFileSync(`${root}/made`, "old");
    for (const host of hosts) writeFileSync(`${root}/first-${host}`, "", { mode: 0o644 });
    const tasks: Tasks = (host) => [
      file("First", { dest: `${root}/first-${host}`, content: "" }),
      command("Make it", { run: `sleep 0.2; printf new > '${root}/made'` })
        .runOnce()
        .delegateTo("localhost"),
      file("Copy it", { src: `${root}/made`, dest: `${root}/${host}` }),
    ];
    const { code } = await played({ root, hosts, playbook: one(tasks) });
    expect(code).to.equal(0);
    expect(hosts.map((host) => readFileSync(`${root}/${host}`, "utf8"))).to.deep.equal(["new", "new"]);
  });
});

describe("a barrier", () => {
  after(clear);

  it("lets nobody go on with what was read before it", async () => {
    const root = folder();
    for (const host of hosts) writeFileSync(`${root}/first-${host}`, "", { mode: 0o644 });
    const members = read("Members", { run: `cat '${root}/members' 2>/dev/null || :` });
    const tasks: Tasks = (host) => [
      file("First", { dest: `${root}/first-${host}`, content: "" }),
      ...(host === "a" ? [command("Join", { run: `sleep 0.3; echo a > '${root}/members'` })] : []),
      barrier(),
      members,
      file("Tell", { dest: `${root}/${host}`, content: members.output.map(({ stdout }) => stdout) }),
    ];
    await played({ root, hosts, playbook: one(tasks) });
    expect(hosts.map((host) => readFileSync(`${root}/${host}`, "utf8"))).to.deep.equal(["a\n", "a\n"]);
  });
});

describe("one host's mistake", () => {
  after(clear);

  it("in a condition that throws is its failure, and the others go on", async () => {
    const root = folder();
    const asked = (host: string) => read("Ask", { run: host === "a" ? "echo no JSON" : `echo '{"ready":true}'` });
    const tasks: Tasks = (host) => {
      const answer = asked(host);
      const ready = answer.output.map(({ stdout }) => (JSON.parse(stdout) as { ready: boolean }).ready);
      return [answer, note(root, `ready ${host}`).when(ready), note(root, `after ${host}`)];
    };
    const run = await played({ root, hosts, playbook: one(tasks) });
    expect(run.code).to.equal(2);
    expect(told(run)).to.include("a: Note ready a failed");
    expect(notes(root)).to.deep.equal(["ready b", "after b"]);
    expect(recapOf(run, "a")).to.include({ failed: 1 });
  });
});

describe("what is always done", () => {
  after(clear);

  it("is done also where another has ended the play meanwhile, and a failure stays one", async () => {
    const root = folder();
    const tasks: Tasks = (host) =>
      host === "a"
        ? [barrier(), endPlay()]
        : [
            block(
              "Try",
              command("Wait", { run: "sleep 0.1" }),
              barrier(),
              command("Slow", { run: "sleep 0.4; exit 1" }),
            ).always(note(root, "always")),
          ];
    const run = await played({ root, hosts, playbook: one(tasks) });
    expect(notes(root)).to.deep.equal(["always"]);
    expect(run.code).to.equal(2);
  });
});

describe("a rolling handler", () => {
  after(clear);

  it("that failed and was rescued is tried again when it is owed again", async () => {
    const root = folder();
    const again = rollingHandler(
      "Again",
      command("Restart", { run: `echo tried >> '${root}/notes'; test -e '${root}/mended'` }),
    );
    const tasks: Tasks = () => [
      block("Try", note(root, "changed").notify(again), flushHandlers()).rescue(
        command("Mend", { run: `touch '${root}/mended'` }).notify(again),
      ),
    ];
    const { code } = await played({ root, playbook: one(tasks) });
    expect(code).to.equal(0);
    expect(notes(root)).to.deep.equal(["changed", "tried", "tried"]);
  });
});

describe("a rescue", () => {
  after(clear);

  it("answers all failures of its block", async () => {
    const root = folder();
    const tasks: Tasks = () => [
      block("Outer", block("Inner", failing("One")).always(failing("Two"))).rescue(note(root, "rescued")),
    ];
    const run = await played({ root, playbook: one(tasks) });
    expect(recapOf(run, "a")).to.include({ failed: 0, rescued: 1 });
    expect(run.code).to.equal(0);
  });

  it("answers none that another has answered", async () => {
    const root = folder();
    const inner = block("Inner", failing("One")).rescue(failing("Two"));
    const run = await played({ root, playbook: one(() => [block("Outer", inner).rescue(note(root, "rescued"))]) });
    expect(recapOf(run, "a")).to.include({ failed: 0, rescued: 2 });
  });

  it("owes no handler of what was not run", async () => {
    const root = folder();
    const again = handler("Again", note(root, "handled"));
    const tasks: Tasks = () => [
      block(
        "Try",
        file("Break", { dest: `${root}/none/there`, content: "" }),
        file("Not run", { dest: `${root}/x`, content: "" }).notify(again),
      ).rescue(note(root, "rescued")),
    ];
    const { pending } = await played({ root, playbook: one(tasks) });
    expect(notes(root)).to.deep.equal(["rescued"]);
    expect(pending("a")).to.deep.equal([]);
  });
});

describe("what is tried again", () => {
  after(clear);

  it("is a change where an attempt before made it, and what it notified is handled", async () => {
    const root = folder();
    const again = handler("Again", note(root, "handled"));
    let tries = 0;
    const shy = resources.defineResource({
      kind: "shy",
      label: () => "shy",
      needs: () => ({}),
      diff: () => (++tries === 1 ? [{ what: "it", before: "off", after: "on" }] : []),
      apply: () => ["exit 1"],
      forecast: () => ({}),
    });
    const run = await played({
      root,
      playbook: one(() => [shy("Shy", {}).retry({ attempts: 2, delay: 0 }).notify(again)]),
    });
    expect(told(run)).to.deep.equal(["a: Shy changed", "a: Note handled changed"]);
  });
});
