import { expect } from "chai";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { command, defineRole, file, handler, line, play, playbook, read, run, type Playbook } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import { connectLocal } from "#engine/connection/local.ts";
import type { RunEvent } from "#engine/runner/index.ts";
import { clear, folder, played, type Played, type Scene } from "./stage.ts";
import { until } from "../../../until.ts";

/** Two runs that change the same file of a host: each must see what the other has written. */
describe("two runs on one host", () => {
  let root: string;
  beforeEach(() => (root = folder()));
  after(clear);

  const at = (name: string): string => path.join(root, name);
  const role = (name: string, tasks: Parameters<typeof defineRole>[0]["tasks"]): Playbook =>
    playbook([play({ name, hosts: "all", roles: [defineRole({ name, description: "A run.", vars: {}, tasks })] })]);
  const start = (holder: string, of: Playbook, onEvent?: (event: RunEvent) => void, to?: Scene["connect"]) =>
    played({
      root,
      ...(to && { connect: to }),
      playbook: of,
      ...(onEvent && { onEvent }),
      watching: {
        locks: {
          holder,
          patience: 20,
          controllerFile: at("lock"),
          controller: () => connectLocal({ name: "the controller", connectTimeout: 10 }),
        },
      },
    });
  const first = role("first", () => [
    command("Work", { run: `touch '${at("begun")}'; until [ -e '${at("go")}' ]; do sleep 0.02; done` }),
    line("Add the first", { path: at("notes"), line: "one" }),
  ]);

  /** Plays the second run up to its wait for the first, lets that continue, and waits for both. */
  const both = async (second: Playbook, before = first): Promise<readonly [Played, Played]> => {
    writeFileSync(at("notes"), "zero\n");
    const one = start("me", before);
    await until("the first run is at work", () => existsSync(at("begun")));
    let waits = false;
    const two = start("you", second, (event) => {
      waits ||= event.type === "notice" && event.message.includes("it is locked by me");
    });
    await until("the second run waits", () => waits);
    writeFileSync(at("go"), "");
    return Promise.all([one, two]);
  };
  const notes = (): string => readFileSync(at("notes"), "utf8");

  it("both add their line to a file that the second has read before", async () => {
    const [one, two] = await both(role("second", () => [line("Add the second", { path: at("notes"), line: "two" })]));
    expect([one.code, two.code], two.terminal).to.deep.equal([0, 0]);
    expect(notes()).to.equal("zero\none\ntwo\n");
  });

  it("do the same for a task that runs alone", async () => {
    const [one, two] = await both(
      role("second", () => [line("Add the second", { path: at("notes"), line: "two" }).retry({ attempts: 2 })]),
    );
    expect([one.code, two.code], two.terminal).to.deep.equal([0, 0]);
    expect(notes()).to.equal("zero\none\ntwo\n");
  });

  it("leave alone what the first has done already", async () => {
    const [, two] = await both(role("second", () => [line("Add it", { path: at("notes"), line: "one" })]));
    expect(two.changes).to.deep.equal([]);
    expect(notes()).to.equal("zero\none\n");
  });

  const working = () =>
    command("Work", { run: `touch '${at("begun")}'; until [ -e '${at("go")}' ]; do sleep 0.02; done` });

  for (const way of ["in the pipeline", "alone"])
    it(`read again what the second has read before, for a task ${way}`, async () => {
      writeFileSync(at("version"), "1");
      const [, two] = await both(
        role("second", () => {
          const version = read("Read the version", { run: `cat '${at("version")}'` });
          const folder = read("Read its folder", { run: version.output.map(({ stdout }) => `echo of ${stdout}`) });
          const text = folder.output.map(({ stdout }) => stdout);
          const write = file("Write it", { dest: at("made"), content: text });
          return [version, folder, way === "alone" ? write.retry({ attempts: 2 }) : write];
        }),
        role("first", () => [working(), file("Raise the version", { dest: at("version"), content: "2" })]),
      );
      expect(two.code, two.terminal).to.equal(0);
      expect(readFileSync(at("made"), "utf8")).to.equal("of 2\n");
    });

  it("read again what a command of the second is made of, which has nothing to compare", async () => {
    writeFileSync(at("version"), "1");
    const [, two] = await both(
      role("second", () => {
        const version = read("Read the version", { run: `cat '${at("version")}'` });
        return [
          version,
          command("Use it", { run: version.output.map(({ stdout }) => `echo ${stdout} > '${at("used")}'`) }),
        ];
      }),
      role("first", () => [working(), file("Raise the version", { dest: at("version"), content: "2" })]),
    );
    expect(two.code, two.terminal).to.equal(0);
    expect(readFileSync(at("used"), "utf8")).to.equal("2\n");
  });

  it("lose no handler that the first has left pending", async () => {
    const restart = handler("Restart", run("Restart it", { run: `touch '${at("restarted")}'` }));
    const reload = handler("Reload", run("Reload it", { run: `touch '${at("reloaded")}'` }));
    const [one, two] = await both(
      role("app", () => [
        file("Write it", { dest: at("made"), content: "made" }).notify(reload),
        file("Keep it", { dest: at("kept"), content: "kept" }).notify(restart),
      ]),
      role("app", () => [
        working(),
        file("Keep it", { dest: at("kept"), content: "kept" }).notify(restart),
        command("Fail", { run: "exit 1" }),
      ]),
    );
    expect([one.code, two.code], two.terminal).to.deep.equal([2, 0]);
    expect([existsSync(at("restarted")), existsSync(at("reloaded"))]).to.deep.equal([true, true]);
    expect(two.pending("a")).to.deep.equal([]);
  });

  it("ask once more only where another run was at work", async () => {
    const asked = async (): Promise<number> => {
      let reads = 0;
      const text = String(Math.random());
      const of = role("alone", () => [file("Write it", { dest: at("mine"), content: text })]);
      await start("me", of, undefined, async (target) => {
        const writer = await connect(target);
        const read = writer.read.bind(writer);
        return Object.assign(writer, {
          read: (...args: Parameters<typeof read>) => {
            reads += 1;
            return read(...args);
          },
        });
      });
      return reads;
    };
    const alone = await asked();
    expect(await asked(), "an earlier run has ended").to.equal(alone);
    writeFileSync(at("lock"), "held by one that was killed\n");
    expect(await asked(), "an earlier run was killed").to.equal(alone + 1);
  });
});
