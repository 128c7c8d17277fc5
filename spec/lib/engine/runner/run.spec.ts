import { expect } from "chai";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { connect } from "#engine/connection/connect.ts";
import { TaskError, UnreachableError } from "#engine/errors.ts";
import * as resources from "kubeplay";
import { defineRole, play, playbook, type Playbook } from "kubeplay";
import { clear, folder, played, withSystemd } from "./stage.ts";

const { command, directory, file, flushHandlers, handler, line, link, restart, service, template } = resources;

/** A small role with a bit of everything that needs no privileges. */
function site(root: string): Playbook {
  mkdirSync(path.join(root, "role/templates"), { recursive: true });
  writeFileSync(path.join(root, "role/templates/app.conf.hbs"), "name = {{name}}\n");
  const app = defineRole({
    name: "app",
    description: "",
    vars: {},
    folder: path.join(root, "role"),
    tasks: ({ host }) => {
      const home = path.join(root, host.name);
      const note = handler("Note", command("Write a note", { run: `echo noted >> ${home}/notes` }));
      return [
        directory("Make its folder", { path: home }),
        directory("Make a folder in it", { path: `${home}/conf.d`, mode: 0o750 }),
        file("Write the motd", { dest: `${home}/motd`, content: "Hello\n" }).notify(note),
        template("Write its configuration", {
          src: "app.conf.hbs",
          dest: `${home}/conf.d/app.conf`,
          values: { name: host.name },
        }).notify(note),
        line("Add a line", { path: `${home}/conf.d/extra.conf`, line: "debug = no", create: true }).notify(note),
        link("Link to it", { dest: `${home}/app.conf`, target: `${home}/conf.d/app.conf` }),
        command("Make its data", { run: `echo data > ${home}/data`, creates: `${home}/data` }),
        file("Have no leftovers", { dest: `${home}/leftovers`, state: "absent" }),
      ];
    },
  });
  return playbook([play({ name: "Set up the application", hosts: "all", roles: [app] })]);
}

describe("a run", () => {
  after(clear);

  it("changes bare hosts, and the second time nothing", async () => {
    const root = folder();
    const hosts = ["a", "b"];
    const first = await played({ root, playbook: site(root), hosts });
    expect(first.code).to.equal(0);
    expect(first.changes.filter((change) => change.startsWith("b"))).to.deep.equal([
      "b: Make its folder",
      "b: Make a folder in it",
      "b: Write the motd",
      "b: Write its configuration",
      "b: Add a line",
      "b: Link to it",
      "b: Make its data",
      "b: Write a note",
    ]);
    expect(readFileSync(path.join(root, "a/app.conf"), "utf8")).to.equal("name = a\n");
    const second = await played({ root, playbook: site(root), hosts });
    expect(second.changes).to.deep.equal([]);
    const end = second.events.at(-1);
    expect(end?.type === "run ended" && end.recap.b).to.include({ ok: 8, changed: 0, failed: 0 });
  });

  it("has, once all is as wanted, nothing to do but ask", async () => {
    const root = folder();
    const content = "as it is\n";
    const kept = defineRole({
      name: "kept",
      description: "",
      vars: {},
      tasks: () => [
        directory("Keep a folder", { path: `${root}/kept` }),
        file("Keep a file", { dest: `${root}/kept/file`, content }),
        command("Keep what was made", { run: `touch ${root}/kept/made`, creates: `${root}/kept/made` }),
      ],
    });
    const plays = playbook([play({ name: "Keep", hosts: "all", roles: [kept] })]);
    expect((await played({ root, playbook: plays })).changes).to.have.length(3);
    let reads = 0;
    const again = await played({
      root,
      playbook: plays,
      connect: async (target) => {
        const writer = await connect(target);
        return {
          host: writer.host,
          read: (script, options) => ((reads += 1), writer.read(script, options)),
          run: () => Promise.reject(new Error("it wrote")),
          upload: () => Promise.reject(new Error("it uploaded")),
          close: () => writer.close(),
        };
      },
    });
    expect(again.changes).to.deep.equal([]);
    expect(again.code).to.equal(0);
    expect(reads, "one read for the facts, one for all states").to.equal(2);
  });

  it("is predicted by --check, change by change, which itself touches nothing", async () => {
    const root = folder();
    const hosts = ["a", "b"];
    const check = await played({ root, playbook: site(root), hosts, options: { check: true } });
    expect(existsSync(path.join(root, "a"))).to.equal(false);
    const real = await played({ root, playbook: site(root), hosts });
    const byHost = (changes: readonly string[]) => hosts.map((host) => changes.filter((one) => one.startsWith(host)));
    expect(byHost(check.changes)).to.deep.equal(byHost(real.changes));
    expect(check.changes).to.have.length(16);
  });

  it("is predicted by --check also where some of it is done", async () => {
    const root = folder();
    await played({ root, playbook: site(root) });
    rmSync(path.join(root, "a/motd"));
    writeFileSync(path.join(root, "a/conf.d/app.conf"), "other\n");
    writeFileSync(path.join(root, "a/leftovers"), "");
    const check = await played({ root, playbook: site(root), options: { check: true } });
    const real = await played({ root, playbook: site(root) });
    expect(check.changes).to.deep.equal(real.changes);
    expect(real.changes).to.include("a: Have no leftovers").and.include("a: Write the motd");
  });

  it("leaves out a group that the inventory does not have, and says so once; not in a limit", async () => {
    const root = folder();
    const [one] = site(root);
    if (!one) throw new Error("no play");
    const plays = playbook([
      { ...one, hosts: "al" },
      { ...one, hosts: "al:a" },
    ]);
    const { code, changes, events } = await played({ root, playbook: plays, hosts: ["a", "b"] });
    expect(code).to.equal(0);
    expect(new Set(changes.map((change) => change[0]))).to.deep.equal(new Set(["a"]));
    expect(events.flatMap((event) => (event.type === "notice" ? [event.message] : []))).to.deep.equal([
      'A play names what this inventory does not have: there is no host or group "al"; did you mean "all"?',
    ]);
    const limited = played({ root, playbook: plays, hosts: ["a"], options: { limit: "al" } });
    expect(await limited.catch((error: unknown) => String(error))).to.contain('no host or group "al"');
  });

  it("plays only the hosts of --limit", async () => {
    const root = folder();
    const hosts = ["a", "b", "c"];
    const { changes } = await played({ root, playbook: site(root), hosts, options: { limit: "all:!b" } });
    expect(new Set(changes.map((change) => change[0]))).to.deep.equal(new Set(["a", "c"]));
    expect(existsSync(path.join(root, "b"))).to.equal(false);
  });

  it("leaves out a play whose group has no hosts here, and its hosts are not even asked", async () => {
    const root = folder();
    const [one] = site(root);
    const plays = playbook([{ ...one!, onlyWith: "nobody" }]);
    const never = () => Promise.reject(new Error("it connected"));
    const { code, events } = await played({ root, playbook: plays, connect: never });
    expect(code).to.equal(0);
    expect(events.map(({ type }) => type)).to.deep.equal(["run started", "run ended"]);
    const all = playbook([{ ...one!, onlyWith: "all" }]);
    expect((await played({ root, playbook: all })).changes).to.have.length(8);
  });

  it("takes the hosts of a play in batches where it is serial", async () => {
    const root = folder();
    const [one] = site(root);
    const plays = playbook([{ ...one!, serial: "50%" }]);
    const { events } = await played({ root, playbook: plays, hosts: ["a", "b", "c", "d"] });
    const order = events.filter(({ type }) => type === "task").map((event) => "host" in event && event.host);
    const last = (host: string) => order.lastIndexOf(host);
    expect(Math.max(last("a"), last("b"))).to.be.lessThan(Math.min(order.indexOf("c"), order.indexOf("d")));
  });
});

describe("tags", () => {
  after(clear);
  const tagged = (root: string) => {
    const role = (name: string) =>
      defineRole({
        name,
        description: "",
        vars: {},
        tasks: () => [
          file(`${name}: plain`, { dest: `${root}/${name}-plain`, content: "" }),
          file(`${name}: tagged`, { dest: `${root}/${name}-tagged`, content: "" }).tagged("fast"),
        ],
      });
    return playbook([play({ name: "Both", hosts: "all", roles: [role("one"), role("two")] })]);
  };

  it("choose tasks by their own tags and by their role's name", async () => {
    const root = folder();
    const fast = await played({ root, playbook: tagged(root), options: { tags: ["fast"], check: true } });
    expect(fast.changes).to.deep.equal(["a: one: tagged", "a: two: tagged"]);
    const two = await played({ root, playbook: tagged(root), options: { tags: ["two"], check: true } });
    expect(two.changes).to.deep.equal(["a: two: plain", "a: two: tagged"]);
    const rest = await played({ root, playbook: tagged(root), options: { skipTags: ["fast", "two"], check: true } });
    expect(rest.changes).to.deep.equal(["a: one: plain"]);
  });
});

describe("handlers", () => {
  after(clear);

  /** Two changes that notify, a task that may fail, and a service. */
  const stage = (root: string, broken: () => boolean) => {
    const app = defineRole({
      name: "app",
      description: "",
      vars: {},
      tasks: () => {
        const note = handler("Note", command("Write a note", { run: `echo noted >> ${root}/notes` }));
        return [
          file("Write one", { dest: `${root}/one`, content: "1" }).notify(note),
          file("Write another", { dest: `${root}/another`, content: "2" }).notify(note),
          command("Do what may fail", { run: "echo it is broken >&2; exit 3", unless: broken() ? "false" : "true" }),
        ];
      },
    });
    return playbook([play({ name: "Play", hosts: "all", roles: [app] })]);
  };

  it("run once, after the tasks", async () => {
    const root = folder();
    const { changes } = await played({ root, playbook: stage(root, () => false) });
    expect(changes).to.deep.equal(["a: Write one", "a: Write another", "a: Write a note"]);
    expect(readFileSync(`${root}/notes`, "utf8")).to.equal("noted\n");
  });

  it("are owed after a failure, and the next run takes them up", async () => {
    const root = folder();
    const failed = await played({ root, playbook: stage(root, () => true) });
    expect(failed.code).to.equal(2);
    expect(existsSync(`${root}/notes`)).to.equal(false);
    expect(failed.pending("a")).to.deep.equal(["app : Note"]);
    expect(failed.terminal).to.include(
      "fatal: [a]: FAILED! => echo it is broken >&2; exit 3: exit code 3: it is broken",
    );

    const check = await played({ root, playbook: stage(root, () => false), options: { check: true } });
    expect(check.changes).to.deep.equal(["a: Write a note"]);
    const next = await played({ root, playbook: stage(root, () => false) });
    expect(next.changes).to.deep.equal(["a: Write a note"]);
    expect(next.pending("a")).to.deep.equal([]);
    expect((await played({ root, playbook: stage(root, () => false) })).changes).to.deep.equal([]);
  });

  it("are not run before their role's tasks, where another role runs handlers in between", async () => {
    const root = folder();
    const restarts = `if [ -e ${root}/unit ]; then echo restarted >> ${root}/notes; else exit 5; fi`;
    const scene = () => {
      const first = defineRole({
        name: "first",
        description: "",
        vars: {},
        tasks: () => [
          file("Begin", { dest: `${root}/begun`, content: "" }).notify(
            handler("Tell", command("Tell of the first", { run: "true" })),
          ),
          flushHandlers(),
        ],
      });
      const second = defineRole({
        name: "second",
        description: "",
        vars: {},
        tasks: () => [
          file("Install it", { dest: `${root}/unit`, content: "" }).notify(
            handler("Restart", command("Restart the second", { run: restarts })),
          ),
        ],
      });
      return { root, playbook: playbook([play({ name: "Play", hosts: "all", roles: [first, second] })]) };
    };
    // A run was killed just before it wrote the unit.
    mkdirSync(`${root}/journal`, { recursive: true });
    writeFileSync(`${root}/journal/a.json`, JSON.stringify({ at: Date.now(), handlers: ["second\0Restart"] }));
    const next = await played(scene());
    expect(next.code, next.terminal).to.equal(0);
    expect(next.changes).to.deep.equal(["a: Begin", "a: Tell of the first", "a: Install it", "a: Restart the second"]);
    expect(next.pending("a")).to.deep.equal([]);
  });

  it("stay owed while their role is not played", async () => {
    const root = folder();
    await played({ root, playbook: stage(root, () => true) });
    const other = await played({ root, playbook: stage(root, () => false), options: { tags: ["other"] } });
    expect(other.changes).to.deep.equal([]);
    expect(other.pending("a")).to.deep.equal(["app : Note"]);
  });

  it("are owed from before the first step, so that a killed run leaves them behind", async () => {
    const root = folder();
    const role = defineRole({
      name: "app",
      description: "",
      vars: {},
      tasks: () => [
        command("Look", { run: `cp -r ${root}/journal ${root}/then`, creates: `${root}/then` }).notify(
          handler("Note", command("Write a note", { run: "true" })),
        ),
      ],
    });
    await played({ root, playbook: playbook([play({ name: "Play", hosts: "all", roles: [role] })]) });
    expect(JSON.parse(readFileSync(`${root}/then/a.json`, "utf8")))
      .property("handlers")
      .to.deep.equal(["app\0Note"]);
    expect(existsSync(`${root}/journal/a.json`)).to.equal(false);
  });

  it("do not restart a service that was started since", async () => {
    const root = folder();
    const role = (content: string) =>
      defineRole({
        name: "app",
        description: "",
        vars: {},
        tasks: () => [
          file("Configure it", { dest: `${root}/conf`, content }).notify(
            handler("Restart it", restart("Restart the application", { name: "app" })),
          ),
          service("Start it", { name: "app", state: "started", enabled: true }),
        ],
      });
    const scene = (content: string, check: boolean) => ({
      root,
      playbook: playbook([play({ name: "Play", hosts: "all", roles: [role(content)] })]),
      connect: withSystemd(`${root}/units`),
      options: { check },
    });
    const starting = ["a: Configure it", "a: Start it"];
    expect((await played(scene("1", true))).changes).to.deep.equal(starting);
    expect((await played(scene("1", false))).changes).to.deep.equal(starting);
    const restarting = ["a: Configure it", "a: Restart the application"];
    expect((await played(scene("2", true))).changes).to.deep.equal(restarting);
    expect((await played(scene("2", false))).changes).to.deep.equal(restarting);
    expect((await played(scene("2", false))).changes).to.deep.equal([]);
    expect(readFileSync(`${root}/units/a/log`, "utf8")).to.equal("start app.service\nrestart app.service\n");
  });
});

describe("a role", () => {
  after(clear);

  it("knows the facts of the hosts that were reached, and of no other", async () => {
    const root = folder();
    const known = defineRole({
      name: "known",
      description: "",
      vars: {},
      tasks: ({ host, inventory, factsOf }) => [
        file("Write whom it knows", {
          dest: `${root}/${host.name}`,
          content: inventory.hosts.map((other) => `${other.name} ${factsOf(other)?.architecture ?? "?"}`).join(", "),
        }),
      ],
    });
    const plays = playbook([play({ name: "One", hosts: "all", roles: [known] })]);
    await played({
      root,
      playbook: plays,
      hosts: ["a", "b", "c"],
      connect: (target) =>
        target.name === "c" ? Promise.reject(new UnreachableError("c", "no route to host")) : connect(target),
    });
    expect(readFileSync(`${root}/b`, "utf8")).to.match(/^a (amd64|arm64), b (amd64|arm64), c \?$/);
  });
});

describe("a host that fails", () => {
  after(clear);
  const role = (root: string, broken: string, name = "app") =>
    defineRole({
      name,
      description: "",
      vars: {},
      tasks: ({ host }) => [
        command("Fail on one host", { run: `test ${host.name} != ${broken}`, unless: "false" }),
        file("Write a file", { dest: `${root}/${host.name}-${name}`, content: "" }),
      ],
    });

  /** The same without a task that can never be kept. */
  const failing = (root: string, name = "app") =>
    defineRole({
      name,
      description: "",
      vars: {},
      tasks: ({ host }) => [
        command("Fail on one host", { run: `test ${host.name} != b` }),
        file("Write a file", { dest: `${root}/${host.name}-${name}`, content: "" }),
      ],
    });

  it("stops for itself; the others go on, in later plays too", async () => {
    const root = folder();
    const plays = playbook([
      play({ name: "One", hosts: "all", roles: [failing(root)] }),
      play({ name: "Two", hosts: "all", roles: [failing(root, "later")] }),
    ]);
    const { code, tasks } = await played({ root, playbook: plays, hosts: ["a", "b", "c"] });
    expect(code).to.equal(2);
    const of = (host: string) => tasks.filter((task) => task.host === host).map(({ outcome }) => outcome);
    expect(of("a")).to.deep.equal(["changed", "changed", "changed", "changed"]);
    expect(of("b")).to.deep.equal(["failed"]);
    expect(of("c")).to.deep.equal(of("a"));
  });

  it("ends the run where any error is fatal: the others finish the task they are at", async () => {
    const root = folder();
    const slow = defineRole({
      name: "slow",
      description: "",
      vars: {},
      tasks: ({ host }) => [
        command("Fail, or wait for it", {
          run: host.name === "b" ? "exit 1" : `while [ ! -e ${root}/failed ]; do sleep 0.01; done`,
        }),
        file("Write a file", { dest: `${root}/${host.name}`, content: "" }),
      ],
    });
    const plays = playbook([
      play({ name: "One", hosts: "all", anyErrorsFatal: true, roles: [slow] }),
      play({ name: "Two", hosts: "all", roles: [failing(root, "later")] }),
    ]);
    const { code, changes } = await played({
      root,
      playbook: plays,
      hosts: ["a", "b"],
      onEvent: (event) => {
        if (event.type === "task" && event.outcome === "failed")
          setImmediate(() => writeFileSync(`${root}/failed`, ""));
      },
    });
    expect(code).to.equal(2);
    expect(changes).to.deep.equal(["a: Fail, or wait for it"]);
  });

  it("ends a serial play where a whole batch failed", async () => {
    const root = folder();
    const plays = playbook([play({ name: "One", hosts: "all", serial: 1, roles: [failing(root)] })]);
    const { changes, code } = await played({ root, playbook: plays, hosts: ["a", "b", "c"] });
    expect(code).to.equal(2);
    expect(changes.filter((change) => change.startsWith("c"))).to.deep.equal([]);
  });

  it("did not converge where a condition does not hold after the command", async () => {
    const root = folder();
    const plays = playbook([play({ name: "One", hosts: "all", roles: [role(root, "z")] })]);
    const { tasks, code } = await played({ root, playbook: plays });
    expect(code).to.equal(2);
    expect(tasks[0]?.message).to.equal("did not converge: false is false, expected true");
  });

  it("fails alone also where a role throws what nobody expected", async () => {
    const root = folder();
    const odd = defineRole({
      name: "odd",
      description: "",
      vars: {},
      tasks: ({ host }) => {
        if (host.name === "b") throw new TypeError("there is no such thing");
        return [file("Write a file", { dest: `${root}/${host.name}`, content: "" })];
      },
    });
    const plays = playbook([play({ name: "One", hosts: "all", roles: [odd] })]);
    const { code, changes, tasks } = await played({ root, playbook: plays, hosts: ["a", "b"] });
    expect(code).to.equal(2);
    expect(changes).to.deep.equal(["a: Write a file"]);
    expect(tasks.find(({ host }) => host === "b")?.message).to.match(
      /run\.spec\.ts:\d+:\d+: the tasks of the role odd cannot be listed: TypeError: there is no such thing$/,
    );
  });

  it("is unreachable: code 4, named, and the others go on", async () => {
    const root = folder();
    const plays = playbook([
      play({ name: "One", hosts: "all", roles: [failing(root)] }),
      play({ name: "Two", hosts: "all", roles: [failing(root, "later")] }),
    ]);
    const { code, changes, terminal, events } = await played({
      root,
      playbook: plays,
      hosts: ["a", "c"],
      connect: (target) =>
        target.name === "c" ? Promise.reject(new UnreachableError("c", "no route to host")) : connect(target),
    });
    expect(code).to.equal(4);
    expect(changes).to.have.length(4);
    expect(terminal).to.include("fatal: [c]: UNREACHABLE! => no route to host");
    const end = events.at(-1);
    expect(end?.type === "run ended" && end.recap.c).to.include({ unreachable: 1, ok: 0 });
  });

  it("is unreachable also where the connection is lost on the way", async () => {
    const root = folder();
    const plays = playbook([play({ name: "One", hosts: "all", roles: [failing(root)] })]);
    const { code, tasks } = await played({
      root,
      playbook: plays,
      hosts: ["a", "c"],
      connect: async (target) => {
        const writer = await connect(target);
        return target.name === "a"
          ? writer
          : {
              ...writer,
              host: "c",
              read: (script) => writer.read(script),
              close: () => writer.close(),
              run: () => Promise.reject(new UnreachableError("c", "lost")),
              upload: (upload) => writer.upload(upload),
            };
      },
    });
    expect(code).to.equal(4);
    expect(tasks.filter(({ host }) => host === "c").map(({ outcome }) => outcome)).to.deep.equal(["unreachable"]);
    expect(tasks.filter(({ host, outcome }) => host === "a" && outcome === "changed")).to.have.length(2);
  });
});

describe("an interrupted run", () => {
  after(clear);

  it("ends after the steps that are under way, with code 99, and the next one finishes the work", async () => {
    const root = folder();
    let asked = false;
    const first = await played({
      root,
      playbook: site(root),
      stopping: () => asked,
      onEvent: (event) => {
        if (event.type === "task" && event.task === "Write the motd") asked = true;
      },
    });
    expect(first.code).to.equal(99);
    expect(first.changes).to.deep.equal([
      "a: Make its folder",
      "a: Make a folder in it",
      "a: Write the motd",
      "a: Write its configuration",
      "a: Add a line",
      "a: Link to it",
    ]);
    expect(first.pending("a")).to.deep.equal(["app : Note"]);
    const second = await played({ root, playbook: site(root) });
    expect(second.code).to.equal(0);
    expect(second.changes).to.deep.equal(["a: Make its data", "a: Write a note"]);
    expect((await played({ root, playbook: site(root) })).changes).to.deep.equal([]);
  });

  it("does not sit out a wait on the controller", async () => {
    let asked = false;
    const patient = resources.defineResource({
      kind: "patience",
      label: () => "for ever",
      needs: () => ({}),
      diff: () => [{ what: "not there", before: undefined, after: "there" }],
      apply: () => [
        {
          onController: async (_progress: unknown, stopping: () => boolean) => {
            asked = true;
            while (!stopping()) await new Promise((resolve) => setTimeout(resolve, 5));
            throw new TaskError("was still waited for");
          },
        },
      ],
      forecast: () => ({}),
      waits: true,
    });
    const tasks = () => [patient("Wait for ever", {})];
    const roles = [defineRole({ name: "patient", description: "", vars: {}, tasks })];
    const { code, tasks: told } = await played({
      root: folder(),
      playbook: playbook([play({ name: "Wait", hosts: "all", roles })]),
      stopping: () => asked,
    });
    expect(code).to.equal(99);
    expect(told.map(({ outcome, message }) => [outcome, message])).to.deep.equal([["failed", "was still waited for"]]);
  });
});
