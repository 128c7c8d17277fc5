import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { expect } from "chai";
import {
  command,
  defineRole,
  directory,
  file,
  group,
  line,
  link,
  play,
  playbook,
  read,
  template,
  user,
  wait,
} from "kubeplay";
import type { Task } from "kubeplay";
import { clear, folder, played } from "./stage.ts";

describe("a check of a change that will fail", () => {
  after(clear);

  /** What the only task says in a run. */
  async function said(make: (root: string) => Task): Promise<string> {
    const root = folder();
    writeFileSync(`${root}/t.hbs`, "");
    const role = defineRole({ name: "r", description: "R.", folder: root, vars: {}, tasks: () => [make(root)] });
    const { tasks } = await played({ root, playbook: playbook([play({ name: "p", hosts: "all", roles: [role] })]) });
    return tasks.at(-1)?.message ?? "";
  }

  async function checked(tasks: (root: string) => readonly Task[]) {
    const root = folder();
    writeFileSync(`${root}/t.hbs`, "");
    const role = defineRole({ name: "r", description: "R.", folder: root, vars: {}, tasks: () => [...tasks(root)] });
    const all = playbook([play({ name: "p", hosts: "all", roles: [role] })]);
    const check = await played({ root, playbook: all, options: { check: true } });
    const run = await played({ root, playbook: all });
    expect(
      check.tasks.map(({ outcome }) => outcome),
      "what the run did",
    ).to.deep.equal(run.tasks.map(({ outcome }) => outcome));
    return check.tasks.at(-1)?.message ?? "";
  }

  const inNoFolder: Readonly<Record<string, (dest: string, root: string) => Task>> = {
    file: (dest) => file("f", { dest, content: "" }),
    template: (dest, root) => template("t", { dest, src: `${root}/t.hbs` }),
    line: (path) => line("l", { path, line: "x", create: true }),
    link: (dest) => link("l", { dest, target: "x" }),
  };
  for (const [name, task] of Object.entries(inNoFolder))
    it(`fails for a ${name} in a folder that no one makes`, async () => {
      expect(await checked((root) => [task(`${root}/none/x`, root)])).to.match(
        /\/none\/x: the folder \S+\/none does not exist, and no earlier task makes it: add a directory task before it$/,
      );
    });

  for (const [name, task] of Object.entries(inNoFolder))
    it(`is told in a run too what to do: a ${name} in a folder that no one makes`, async () => {
      expect(await said((root) => task(`${root}/none/x`, root))).to.match(
        /the folder \S+\/none does not exist: add a directory task before it/,
      );
    });

  it("is told in a run too what to do: an owner that is unknown", async () => {
    expect(await said((root) => file("f", { dest: `${root}/x`, content: "", owner: "no-such-user" })))
      .to.include("no-such-user")
      .and.include("add a user task before it");
  });

  it("fails for an unknown owner or group", async () => {
    const [owner, group] = ["no-such-user", "no-such-group"];
    expect(await checked((root) => [file("f", { dest: `${root}/x`, content: "", owner })])).to.include(
      "there is no user no-such-user, and no earlier task makes it: add a user task before it",
    );
    expect(await checked((root) => [directory("d", { path: `${root}/x`, group })])).to.include("there is no group");
    const { uid, gid } = userInfo();
    const numbers = { owner: String(uid), group: String(gid) };
    expect(await checked((root) => [file("f", { dest: `${root}/x`, content: "", ...numbers })])).to.equal("");
  });

  const groups = (name: string, joined: readonly string[]): Task =>
    user("u", { name, system: true, ...(joined[0] !== undefined && { group: joined[0] }), groups: joined.slice(1) });

  for (const joined of [["kubeplay-none"], ["0", "kubeplay-none"], ["0", "59999"]])
    it(`fails for a user in a group that no one makes: ${joined.join(", ")}`, async () => {
      expect(await checked(() => [groups("kubeplay-spec", joined)])).to.equal(
        `kubeplay-spec: there is no group ${joined.at(-1) ?? ""}, and no earlier task makes it: add a group task before it`,
      );
    });

  it("does not fail for a user in a group that an earlier task makes, by name or number", async () => {
    const root = folder();
    const made = group("g", { name: "kubeplay-none", gid: 59_999 });
    const tasks = [made, groups("kubeplay-spec", ["59999", "kubeplay-none"])];
    const role = defineRole({ name: "r", description: "R.", folder: root, vars: {}, tasks: () => tasks });
    const all = playbook([play({ name: "p", hosts: "all", roles: [role] })]);
    const { tasks: done } = await played({ root, playbook: all, options: { check: true } });
    expect(done.map(({ outcome, message }) => [outcome, message])).to.deep.equal([
      ["changed", undefined],
      ["changed", undefined],
    ]);
  });

  it("does not fail if an earlier task makes the folder, or may make it", async () => {
    expect(
      await checked((root) => [
        directory("d", { path: `${root}/new/folder` }),
        file("f", { dest: `${root}/new/x`, content: "" }),
        link("l", { dest: `${root}/new/folder/x`, target: "/" }),
      ]),
    ).to.equal("");
    expect(
      await checked((root) => [
        command("c", { run: `mkdir ${root}/new`, creates: `${root}/new` }),
        file("f", { dest: `${root}/new/x`, content: "" }),
      ]),
    ).to.equal("");
  });
});

describe("a check of a task as a user who is to come", () => {
  after(clear);
  const newcomer = "kubeplay-newcomer";

  async function outcomes(...tasks: readonly Task[]) {
    const role = defineRole({ name: "r", description: "R.", vars: {}, tasks: () => [...tasks] });
    const root = folder();
    const all = playbook([play({ name: "p", hosts: "all", roles: [role] })]);
    const check = await played({ root, playbook: all, options: { check: true } });
    return check.tasks.map(({ outcome, message }) => (outcome === "failed" ? message : outcome));
  }

  const work = [
    file("f", { dest: "/tmp/kubeplay-newcomer", content: "x" }),
    read("r", { run: "false" }),
    wait("w", { until: "false", timeout: 1 }),
    command("c", { run: "true", unless: "false" }),
  ].map((task) => task.become(newcomer));

  it("foretells changes, and neither reads nor waits", async () => {
    expect(await outcomes(user("u", { name: newcomer }), ...work)).to.deep.equal([
      ...["changed", "changed", "ok", "ok", "changed"],
    ]);
  });

  it("takes a command for one that may make the user", async () => {
    expect(await outcomes(command("c", { run: "true" }), ...work)).to.deep.equal([
      ...["changed", "changed", "ok", "ok", "changed"],
    ]);
  });

  it("fails as the run does if nothing makes the user", async () => {
    const [said] = await outcomes(...work);
    expect(said).to.include(newcomer);
  });

  it("fails as the run does if a task removes the user", async () => {
    const [, said] = await outcomes(user("u", { name: newcomer, state: "absent" }), ...work);
    expect(said).to.include(newcomer);
  });
});
