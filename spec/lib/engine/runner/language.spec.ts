import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { UnreachableError } from "#engine/errors.ts";
import * as resources from "kubeplay";
import { type CommandOutput, defineRole, type Item, play, type Play, type Serial, playbook } from "kubeplay";
import { serialBatches } from "#engine/runner/plan/serial.ts";
import { clear, folder, played, type Played, type Scene } from "./stage.ts";

const { barrier, block, command, endHost, endPlay, file, flushHandlers, handler, read, register, template } = resources;

type Tasks = (host: string) => readonly Item[];
const roleOf = (tasks: Tasks, name = "app") =>
  defineRole({ name, description: "", vars: {}, tasks: ({ host }) => tasks(host.name) });
const one = (tasks: Tasks, about: Partial<Play> = {}) =>
  playbook([play({ name: "Play", hosts: "all", roles: [roleOf(tasks)], ...about })]);

const failing = (name = "Fail") => command(name, { run: "echo broken >&2; exit 3" });
const note = (root: string, text: string) => command(`Note ${text}`, { run: `echo ${text} >> '${root}/notes'` });
const notes = (root: string): string[] =>
  existsSync(`${root}/notes`) ? readFileSync(`${root}/notes`, "utf8").trim().split("\n") : [];

/** "host: task outcome" of all that was told. */
const told = ({ tasks }: Played): string[] => tasks.map(({ host, task, outcome }) => `${host}: ${task} ${outcome}`);
const recapOf = ({ events }: Played, host = "a") => {
  const end = events.at(-1);
  if (end?.type !== "run ended") throw new Error("the run did not end");
  return end.recap[host]!;
};
const messageOf = ({ tasks }: Played, task: string) => tasks.find((one) => one.task === task)?.message;

/** In check mode and then for real: both must tell the same changes. */
async function both(scene: Scene): Promise<Played> {
  const check = await played({ ...scene, options: { ...scene.options, check: true } });
  const real = await played(scene);
  expect([...check.changes].sort(), "what check predicted").to.deep.equal([...real.changes].sort());
  return real;
}

describe("a block", () => {
  after(clear);

  it("is its tasks, with what is said of it said of each", async () => {
    const root = folder();
    const again = handler("Again", note(root, "handled"));
    const tasks = () => [
      block(
        "Both",
        file("One", { dest: `${root}/1`, content: "" }),
        file("Two", { dest: `${root}/2`, content: "" }),
      ).notify(again),
      block("None", note(root, "never")).when(false),
      block("Tagged", note(root, "tagged")).tagged("slow"),
    ];
    const run = await both({ root, playbook: one(tasks), options: { skipTags: ["slow"] } });
    expect(run.changes).to.deep.equal(["a: One", "a: Two", "a: Note handled"]);
    expect(recapOf(run)).to.include({ skipped: 1 });
  });

  it("is rescued where one of its tasks fails, and the host goes on", async () => {
    const root = folder();
    const tasks = () => [
      block("Try", file("Write", { dest: `${root}/1`, content: "" }), failing(), note(root, "not reached"))
        .rescue(note(root, "rescued"))
        .always(note(root, "always")),
      note(root, "after"),
    ];
    const run = await played({ root, playbook: one(tasks) });
    expect(run.code).to.equal(0);
    expect(notes(root)).to.deep.equal(["rescued", "always", "after"]);
    expect(recapOf(run)).to.include({ failed: 0, rescued: 1, changed: 4 });
    expect(messageOf(run, "Fail")).to.equal("exit code 3: broken");
  });

  it("that goes well is not rescued, and always does what it always does", async () => {
    const root = folder();
    const tasks = () => [block("Try", note(root, "tried")).rescue(note(root, "rescued")).always(note(root, "always"))];
    await both({ root, playbook: one(tasks) });
    expect(notes(root)).to.deep.equal(["tried", "always"]);
  });

  it("whose rescue fails is a failure, after what is always done", async () => {
    const root = folder();
    const tasks = () => [
      block("Try", failing("First")).rescue(failing("Second")).always(note(root, "always")),
      note(root, "after"),
    ];
    const run = await played({ root, playbook: one(tasks) });
    expect(run.code).to.equal(2);
    expect(notes(root)).to.deep.equal(["always"]);
    expect(recapOf(run)).to.include({ failed: 1, rescued: 1 });
  });

  it("within a block is rescued by the nearest that can", async () => {
    const root = folder();
    const inner = block("Inner", failing()).always(note(root, "inner always"));
    const tasks = () => [block("Outer", inner, note(root, "skipped")).rescue(note(root, "outer rescue"))];
    const run = await played({ root, playbook: one(tasks) });
    expect(run.code).to.equal(0);
    expect(notes(root)).to.deep.equal(["inner always", "outer rescue"]);
  });

  it("is rescued also from changes that were under way together, and from handlers flushed in it", async () => {
    const root = folder();
    const broken = handler("Broken", failing("Handle"));
    const tasks = () => [
      block(
        "Files",
        file("Good", { dest: `${root}/good`, content: "" }),
        file("Bad", { dest: `${root}/none/x`, content: "" }),
      ).rescue(note(root, "files")),
      block("Handlers", file("Changed", { dest: `${root}/c`, content: "" }).notify(broken), flushHandlers()).rescue(
        note(root, "handlers"),
      ),
    ];
    const run = await played({ root, playbook: one(tasks) });
    expect(notes(root)).to.deep.equal(["files", "handlers"]);
    expect(recapOf(run), "a handler that was rescued is not tried again").to.include({ rescued: 2, failed: 0 });
    expect(run.pending("a")).to.deep.equal([]);
  });

  it("does not rescue a host that is lost", async () => {
    const root = folder();
    const lost = async (target: Target): Promise<Writer> => {
      const writer = await connect(target);
      return {
        host: "a",
        read: (script) => writer.read(script),
        run: () => Promise.reject(new UnreachableError("a", "gone")),
        upload: (upload) => writer.upload(upload),
        close: () => writer.close(),
      };
    };
    const tasks = () => [block("Try", note(root, "x")).rescue(note(root, "rescued")).always(note(root, "always"))];
    const run = await played({ root, playbook: one(tasks), connect: lost });
    expect(run.code).to.equal(4);
    expect(told(run)).to.deep.equal(["a: Note x unreachable"]);
  });
});

describe("a failure", () => {
  after(clear);

  it("that is ignored is shown, counted, and no end for the host", async () => {
    const root = folder();
    const run = await played({ root, playbook: one(() => [failing().ignoreErrors(), note(root, "after")]) });
    expect(run.code).to.equal(0);
    expect(recapOf(run)).to.include({ failed: 0, ignored: 1, ok: 2 });
    expect(run.terminal).to.include("...ignoring");
    expect(notes(root)).to.deep.equal(["after"]);
  });

  it("is tried again as often as it may, with its reason told", async () => {
    const root = folder();
    const flaky = command("Try", { run: `echo x >> '${root}/tries'; [ $(wc -l < '${root}/tries') -ge 3 ]` });
    const run = await played({ root, playbook: one(() => [flaky.retry({ attempts: 3, delay: 0 })]) });
    expect(run.code).to.equal(0);
    expect(run.terminal).to.include("failed, 2 tries left: exit code 1");
    const never = await played({ root, playbook: one(() => [failing().retry({ attempts: 2, delay: 0 })]) });
    expect(told(never)).to.deep.equal(["a: Fail failed"]);
  });

  it("is also an output that is not what is waited for", async () => {
    const root = folder();
    const asked = read("Ask", { run: `echo x >> '${root}/asked'; wc -l < '${root}/asked'` });
    const until = { attempts: 5, delay: 0, until: ({ stdout }: { stdout: string }) => Number(stdout) >= 3 };
    const run = await played({ root, playbook: one(() => [asked.retry(until)]) });
    expect(run.code).to.equal(0);
    const never = await played({
      root,
      playbook: one(() => [read("Ask", { run: "echo 1" }).retry({ ...until, attempts: 2 })]),
    });
    expect(messageOf(never, "Ask")).to.equal("its output is not what is waited for");
  });

  it("on one host lets handlers run there where that is asked for", async () => {
    const root = folder();
    const again = handler("Again", note(root, "handled"));
    const tasks = () => [
      file("Write", { dest: `${root}/${String(Math.random())}`, content: "" }).notify(again),
      failing(),
    ];
    expect((await played({ root, playbook: one(tasks) })).code).to.equal(2);
    expect(notes(root)).to.deep.equal([]);
    for (const scene of [
      { playbook: one(tasks, { forceHandlers: true }) },
      { playbook: one(tasks), options: { forceHandlers: true } },
    ])
      expect((await played({ root, ...scene })).code).to.equal(2);
    expect(notes(root)).to.deep.equal(["handled", "handled"]);
  });

  it("of more than so many hosts ends the run, and of just so many does not", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [...(host === "b" ? [failing()] : []), barrier(), note(root, host)];
    const hosts = ["a", "b", "c", "d"];
    const plays = (maxFailPercentage: number) =>
      playbook([...one(tasks, { maxFailPercentage }), ...one(() => [note(root, "next")])]);
    expect((await played({ root, hosts, playbook: plays(25) })).code).to.equal(2);
    expect(notes(root).sort()).to.deep.equal(["a", "c", "d", "next", "next", "next"]);
    const ended = await played({ root: folder(), hosts, playbook: plays(24) });
    expect(ended.tasks.filter(({ task }) => task === "Note next")).to.deep.equal([]);
  });
});

describe("a command", () => {
  after(clear);

  it("fails and changes when it says so", async () => {
    const root = folder();
    const tasks = () => [
      command("Odd", { run: "echo fine; exit 2", failedWhen: ({ code }) => code > 2 }),
      command("Unchanged", { run: "echo nothing new", changedWhen: ({ stdout }) => !stdout.includes("nothing") }),
      command("Wrong", { run: "echo error: no", failedWhen: ({ stdout }) => stdout.startsWith("error") }),
    ];
    const run = await played({ root, playbook: one(tasks) });
    expect(told(run)).to.deep.equal(["a: Odd changed", "a: Unchanged ok", "a: Wrong failed"]);
    expect(messageOf(run, "Wrong")).to.equal("failedWhen is true: exit code 0: error: no");
  });

  it("that changed nothing notifies nobody, and takes back no notification of others", async () => {
    const root = folder();
    const again = handler("Again", note(root, "handled"));
    const idle = (name: string) => command(name, { run: "true", changedWhen: () => false }).notify(again);
    const quiet = await played({ root, playbook: one(() => [idle("One"), idle("Two").retry({ attempts: 2 })]) });
    expect(told(quiet)).to.deep.equal(["a: One ok", "a: Two ok"]);
    expect(quiet.pending("a")).to.deep.equal([]);
    await played({ root, playbook: one(() => [idle("One"), note(root, "task").notify(again), idle("Two")]) });
    expect(notes(root)).to.deep.equal(["task", "handled"]);
  });

  it("gives what it answered to later tasks, and says whether it ran", async () => {
    const root = folder();
    const made = command("Make", { run: `echo 7; touch '${root}/made'`, creates: `${root}/made` });
    const tasks = () => [
      made,
      file("Keep", { dest: `${root}/kept`, content: made.output.map(({ stdout, ran }) => `${String(ran)} ${stdout}`) }),
    ];
    await both({ root, playbook: one(tasks) });
    expect(readFileSync(`${root}/kept`, "utf8")).to.equal("true 7\n");
    await played({ root, playbook: one(tasks) });
    expect(readFileSync(`${root}/kept`, "utf8")).to.equal("false ");
  });

  it("gets the variables of its play, its task and its own, the nearest first", async () => {
    const root = folder();
    const say = command("Say", { run: `echo "$A $B $C" > '${root}/said'`, environment: { C: "3" } });
    const tasks = () => [say.environment({ B: "2", C: "no" })];
    await played({ root, playbook: one(tasks, { environment: { A: "1", B: "no" } }) });
    expect(readFileSync(`${root}/said`, "utf8")).to.equal("1 2 3\n");
  });
});

describe("what is read", () => {
  after(clear);

  it("is no change, is read in check mode too, and decides over later tasks", async () => {
    const root = folder();
    writeFileSync(`${root}/leader`, "yes\n");
    const leads = read("Who leads?", { run: `cat '${root}/leader'` });
    const isLeader = leads.output.map(({ stdout }) => stdout.trim() === "yes");
    const tasks = () => [
      leads,
      note(root, "leader").when(isLeader),
      note(root, "other").when(isLeader.map((yes) => !yes)),
    ];
    const run = await both({ root, playbook: one(tasks) });
    expect(told(run)).to.deep.equal(["a: Who leads? ok", "a: Note leader changed", "a: Note other skipped"]);
  });

  it("with what another task is still to make is no change either", async () => {
    const root = folder();
    const name = read("Ask for a name", { run: `cat '${root}/name'` });
    const run = await both({
      root,
      playbook: one(() => [
        file("Write it", { dest: `${root}/name`, content: "a\n" }),
        name,
        read("Ask with it", { run: name.output.map(({ stdout }) => `echo ${stdout.trim()}`) }),
      ]),
    });
    expect(run.changes).to.deep.equal(["a: Write it"]);
  });

  it("from what is still to be made is not known to check mode, and a failure in a run", async () => {
    const root = folder();
    const asked = read("Ask", { run: `cat '${root}/none'` });
    expect((await played({ root, playbook: one(() => [asked]), options: { check: true } })).code).to.equal(0);
    const run = await played({ root, playbook: one(() => [asked]) });
    expect(run.code).to.equal(2);
    expect(messageOf(run, "Ask")).to.match(/^exit code 1: cat: /);
  });
});

describe("a registered output", () => {
  after(clear);

  it("is read by other plays on other hosts", async () => {
    const root = folder();
    const token = register<CommandOutput>("token");
    writeFileSync(`${root}/t.hbs`, "token = {{token}}\n");
    const making = roleOf(() => [command("Make a token", { run: "echo abc" }).register(token)], "making");
    const using = roleOf(
      (host) => [
        template("Use it", {
          src: `${root}/t.hbs`,
          dest: `${root}/${host}`,
          values: token.on("a").map(({ stdout }) => ({ token: stdout.trim() })),
        }),
      ],
      "using",
    );
    const plays = playbook([
      play({ name: "Make", hosts: "a", roles: [making] }),
      play({ name: "Use", hosts: "b", roles: [using] }),
    ]);
    const run = await both({ root, hosts: ["a", "b"], playbook: plays });
    expect(run.code).to.equal(0);
    expect(readFileSync(`${root}/b`, "utf8")).to.equal("token = abc\n");
  });

  it("that was not made is a failure that says so", async () => {
    const root = folder();
    const token = register<CommandOutput>("token");
    const tasks = () => [file("Use it", { dest: `${root}/x`, content: token.on("b").map(({ stdout }) => stdout) })];
    const run = await played({ root, playbook: one(tasks) });
    expect(messageOf(run, "Use it")).to.equal("it needs the output of a task that did not run");
  });

  it("that another host makes in the same play is read after a barrier, and has a fallback if that host failed", async () => {
    for (const fails of [false, true]) {
      const root = folder();
      const token = register<CommandOutput>("token");
      const content = token
        .on("a")
        .map(({ stdout }) => stdout)
        .or("none\n");
      const tasks = (host: string) => [
        ...(host === "a"
          ? [...(fails ? [failing()] : []), read("Make", { run: "sleep 0.2; echo abc" }).register(token)]
          : []),
        barrier("Wait for a"),
        file("Use it", { dest: `${root}/${host}`, content }),
      ];
      const run = await played({ root, hosts: ["a", "b"], playbook: one(tasks) });
      expect(readFileSync(`${root}/b`, "utf8"), told(run).join("\n")).to.equal(fails ? "none\n" : "abc\n");
    }
  });
});

describe("a delegated task", () => {
  after(clear);

  it("is done on the other host, for the host that it belongs to", async () => {
    const root = folder();
    const where = async (target: Target): Promise<Writer> => {
      const writer = await connect(target);
      const named = (script: string) => `HOST=${target.name}; export HOST\n${script}`;
      return {
        host: writer.host,
        read: (script, options) => writer.read(named(script), options),
        run: (script, options) => writer.run(named(script), options),
        upload: (upload, chain) => writer.upload(upload, chain),
        close: () => writer.close(),
      };
    };
    const again = handler("Again", command("Say where", { run: `echo "handler $HOST" >> '${root}/notes'` }));
    const tasks = () => [
      command("Say", { run: `echo "task $HOST" >> '${root}/notes'` })
        .delegateTo("b")
        .notify(again),
    ];
    const plays = playbook([play({ name: "Play", hosts: "a", roles: [roleOf(tasks)] })]);
    const run = await both({ root, hosts: ["a", "b"], playbook: plays, connect: where });
    expect(notes(root)).to.deep.equal(["task b", "handler a"]);
    expect(run.terminal).to.include("changed: [a -> b]");
    expect(Object.keys((run.events.at(-1) as { recap: object }).recap)).to.deep.equal(["a"]);
  });

  it("lets the other host see what it changed there", async () => {
    const root = folder();
    const tasks: Tasks = (host) =>
      host === "a"
        ? [file("Write for b", { dest: `${root}/b`, content: "from a" }).delegateTo("b"), barrier()]
        : [
            file("Look", { dest: `${root}/other`, content: "" }),
            barrier(),
            file("Write", { dest: `${root}/b`, content: "from a" }),
          ];
    const run = await played({ root, hosts: ["a", "b"], playbook: one(tasks) });
    expect(told(run)).to.include("b: Write ok");
  });

  it("to a host that cannot be reached is unreachable for its own", async () => {
    const root = folder();
    const reach = (target: Target) =>
      target.name === "b" ? Promise.reject(new UnreachableError("b", "b is not there")) : connect(target);
    const plays = playbook([
      play({ name: "Play", hosts: "a", roles: [roleOf(() => [note(root, "x").delegateTo("b")])] }),
    ]);
    const run = await played({ root, hosts: ["a", "b"], playbook: plays, connect: reach });
    expect(run.code).to.equal(4);
    expect(messageOf(run, "Note x")).to.equal("b is not there");
  });
});

describe("hosts", () => {
  after(clear);
  const hosts = ["a", "b", "c"];

  it("wait for each other at a barrier, also where fewer may work at once than there are", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [note(root, `${host}1`), barrier(), note(root, `${host}2`)];
    const run = await played({ root, hosts, playbook: one(tasks), options: { forks: 1 } });
    expect(run.code).to.equal(0);
    expect(notes(root).map((text) => text[1])).to.deep.equal(["1", "1", "1", "2", "2", "2"]);
  });

  it("do not wait at a barrier for one that failed", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [...(host === "b" ? [failing()] : []), barrier(), note(root, host)];
    const run = await played({ root, hosts, playbook: one(tasks) });
    expect(run.code).to.equal(2);
    expect(notes(root).sort()).to.deep.equal(["a", "c"]);
  });

  it("do not wait for each other at barriers that only one of them has, or that another has passed by", async () => {
    const root = folder();
    const once = command("Once", { run: `echo once >> '${root}/notes'` }).runOnce();
    const tasks: Tasks = (host) =>
      host === "a"
        ? [barrier("Of a"), barrier("Of both"), once, note(root, "a")]
        : [
            block("Try", failing(), barrier("Of both")).rescue(note(root, "rescued")),
            once,
            barrier("Of b"),
            note(root, "b"),
          ];
    const run = await played({ root, hosts: ["a", "b"], playbook: one(tasks) });
    expect(run.code).to.equal(0);
    expect(notes(root).sort()).to.deep.equal(["a", "b", "once", "rescued"]);
  });

  it("do not wait for each other at barriers before which one of them failed or ended, in what is always done", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [
      block("Try", ...(host === "a" ? [failing()] : host === "b" ? [endHost()] : []), barrier("Of all")).always(
        barrier("At the end"),
        note(root, host),
      ),
    ];
    const run = await played({ root, hosts: ["a", "b", "c"], playbook: one(tasks) });
    expect(run.code).to.equal(2);
    expect(notes(root).sort()).to.deep.equal(["a", "b", "c"]);
  });

  it("do a throttled task only so many at a time", async () => {
    const root = folder();
    const work = `mkdir '${root}/busy' || exit 1; sleep 0.1; rmdir '${root}/busy'`;
    const alone = await played({ root, hosts, playbook: one(() => [command("Alone", { run: work }).throttle(1)]) });
    expect(alone.code).to.equal(0);
    // Each waits until all are at work: one after the other they never would be.
    const meet = (host: string) =>
      `touch '${root}/at-work-${host}'; until [ "$(ls '${root}' | grep -c at-work)" = ${hosts.length} ]; do sleep 0.01; done`;
    const together = await played({
      root,
      hosts,
      playbook: one((host) => [command("Together", { run: meet(host), timeout: 60 })]),
    });
    expect(together.code).to.equal(0);
  });

  it("end their play, and what they notified is still handled", async () => {
    const root = folder();
    const again = handler("Again", note(root, "handled"));
    const tasks: Tasks = (host) => [
      file("Write", { dest: `${root}/${host}`, content: "" }).notify(again),
      endHost().when(host === "a"),
      note(root, host),
    ];
    const plays = playbook([...one(tasks), ...one((host) => [note(root, `next ${host}`)])]);
    const run = await both({ root, hosts: ["a", "b"], playbook: plays });
    expect(run.code).to.equal(0);
    expect(notes(root).sort()).to.deep.equal(["b", "handled", "handled", "next a", "next b"]);
  });

  describe("with steps that depend on an output", () => {
    const scene = (root: string, asked: boolean) => {
      const again = handler("Again", note(root, "handled"));
      const question = command("Ask", { run: "echo yes" });
      return one(() => [
        question.when(asked),
        file("Write", { dest: `${root}/file`, content: "" }).notify(again),
        flushHandlers().when(question.output.map(({ stdout }) => stdout === "yes\n")),
        note(root, "after"),
      ]);
    };

    it("take them if it says so", async () => {
      const root = folder();
      await played({ root, playbook: scene(root, true) });
      expect(notes(root)).to.deep.equal(["handled", "after"]);
    });

    it("fail if its task did not run, instead of leaving them out without a word", async () => {
      const root = folder();
      const run = await played({ root, playbook: scene(root, false) });
      expect(run.code).to.equal(2);
      expect(messageOf(run, "Run the handlers")).to.equal("it needs the output of a task that did not run");
      expect(notes(root)).to.deep.equal([]);
    });

    it("say in a check that they are left out, because it is not known yet", async () => {
      const root = folder();
      const { code, terminal } = await played({ root, playbook: scene(root, true), options: { check: true } });
      expect(code).to.equal(0);
      expect(terminal).to.include('a: "Run the handlers" is left out: whether it applies is known after apply');
    });
  });

  it("all end a play that one of them ends", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [endPlay().when(host === "a"), barrier(), note(root, host)];
    const plays = playbook([...one(tasks), ...one((host) => [note(root, `next ${host}`)])]);
    await played({ root, hosts: ["a", "b"], playbook: plays });
    expect(notes(root).sort()).to.deep.equal(["next a", "next b"]);
  });

  it("of later batches have no part in a play that was ended", async () => {
    const root = folder();
    const tasks: Tasks = (host) => [note(root, host), endPlay().when(host === "a")];
    await played({ root, hosts, playbook: one(tasks, { serial: 1 }) });
    expect(notes(root)).to.deep.equal(["a"]);
  });

  it("do what is always done, and what is forced, also where the failure of another ends the run", async () => {
    const root = folder();
    const again = handler("Again", note(root, "handled"));
    const tasks: Tasks = (host) => [
      note(root, "task").notify(again),
      block(
        "Try",
        barrier("Come in"),
        ...(host === "a" ? [failing()] : []),
        barrier(),
        note(root, "not reached"),
      ).always(note(root, `always ${host}`)),
      note(root, "not reached"),
    ];
    const fatal = { anyErrorsFatal: true };
    await played({ root, hosts: ["a", "b"], playbook: one(tasks, fatal) });
    expect(notes(root).sort()).to.deep.equal(["always a", "always b", "task", "task"]);
    const forced = folder();
    await played({ root: forced, hosts: ["a", "b"], playbook: one(tasks, { ...fatal, forceHandlers: true }) });
    expect(notes(root).filter((text) => text === "handled")).to.have.lengthOf(2);
  });

  it("go in batches of the sizes that are asked for", () => {
    const ten = Array.from({ length: 10 }, (_, index) => index);
    const sizes = (serial?: Serial) => serialBatches(ten, serial).map(({ length }) => length);
    expect(sizes(undefined)).to.deep.equal([10]);
    expect(sizes(0)).to.deep.equal([10]);
    expect(sizes(4)).to.deep.equal([4, 4, 2]);
    expect(sizes("30%")).to.deep.equal([3, 3, 3, 1]);
    expect(sizes([1, "20%", 5])).to.deep.equal([1, 2, 5, 2]);
    expect(sizes("1%")).to.deep.equal(Array.from({ length: 10 }, () => 1));
    expect(serialBatches([], 3)).to.deep.equal([]);
  });

  it("that do not answer yet are waited for where the play says so", async () => {
    const root = folder();
    let tries = 0;
    const late = (target: Target) =>
      ++tries < 2 ? Promise.reject(new UnreachableError("a", "not yet")) : connect(target);
    const plays = one(() => [note(root, "up")], { waitForConnection: 30 });
    expect((await played({ root, playbook: plays, connect: late })).code).to.equal(0);
  });
});

describe("a run", () => {
  after(clear);

  it("begins at the task that is named, whatever play it is in", async () => {
    const root = folder();
    const plays = playbook([
      ...one(() => [note(root, "one")]),
      ...one(() => [note(root, "two"), block("B", note(root, "three"), note(root, "four"))]),
      ...one(() => [note(root, "five")]),
    ]);
    await both({ root, playbook: plays, options: { startAtTask: "Note thr*" } });
    expect(notes(root)).to.deep.equal(["three", "four", "five"]);
    const error = await played({ root, playbook: plays, options: { startAtTask: "Note fuor" } }).catch(String);
    expect(error).to.include('no task is named "Note fuor"').and.to.include("Note four");
  });

  it("asks before each task once for all hosts, until it shall go on", async () => {
    const root = folder();
    const asked: string[] = [];
    const answers = ["yes", "no", "continue"] as const;
    const plays = one((host) => ["1", "2", "3", "4"].map((text) => note(root, `${text}${host}`.slice(0, 1))));
    const ask = (task: string) => {
      asked.push(task);
      return Promise.resolve(answers[asked.length - 1] ?? "no");
    };
    await played({ root, hosts: ["a", "b"], playbook: plays, ask });
    expect(asked).to.deep.equal(["app : Note 1", "app : Note 2", "app : Note 3"]);
    expect(notes(root).sort()).to.deep.equal(["1", "1", "3", "3", "4", "4"]);
  });
});
