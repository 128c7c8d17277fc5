import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import {
  ansibleModule,
  defineRole,
  file,
  handler,
  play as kubeplayPlay,
  playbook,
  run,
  type AnsibleModuleProps,
  type Task,
} from "kubeplay";
import { clear, folder as stageFolder, played } from "../../runner/stage.ts";
import { readOnly } from "#engine/connection/reader.ts";
import { evaluate } from "#engine/runner/execute/evaluate.ts";
import { runMode } from "#engine/runner/execute/mode.ts";
import { inventoryVariables } from "#engine/inventory/connection-variables.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { Mask, Variables } from "#engine/runner/index.ts";
import { rehearse } from "#engine/runner/plan/rehearse.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";
import { thisMachine } from "../../this-machine.ts";
import { temporaryFolder } from "../../temporary.ts";
import { withAnsible } from "../../with-ansible.ts";
import { keep as keepOn, namesOf, predict, twice as twiceOn } from "../keep.ts";
import { until } from "../../../../until.ts";

const python = (body: string, options = "supports_check_mode=True"): string => `#!/usr/bin/python
import os, subprocess, sys
from ansible.module_utils.basic import AnsibleModule
spec = dict(path=dict(type="path"), changed=dict(type="bool"), check=dict(type="bool"), how=dict(type="str"))
module = AnsibleModule(argument_spec=spec, ${options})
p = module.params
${body}
`;

/** Modules of the specs' own, by file. */
const modules: Readonly<Record<string, string>> = {
  "specs_no_check.py": python(
    `open(p["path"], "a").write("ran\\n")
module.exit_json(changed=p["changed"], lines=len(open(p["path"]).readlines()))`,
    "supports_check_mode=False",
  ),
  "specs_always.py": python('module.exit_json(changed=True, msg="done")'),
  "specs_crash.py": python(
    `if module.check_mode == p["check"]:
  if p["how"] == "raise": raise Exception("boom")
  sys.stderr.write("boom\\n")
  os._exit(7)
module.exit_json(changed=True)`,
  ),
  "specs_environment.py": python('module.exit_json(changed=False, specs=os.environ["SPECS"])'),
  "specs_background.py": python(
    `module.exit_json(changed=False, pid=subprocess.Popen(["sleep", "600"], start_new_session=True).pid)`,
  ),
  "specs_shell.sh": "#!/bin/sh\necho '{}'\n",
};

describe("an Ansible module", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  withAnsible(path.join(folder, "library"));
  before(() => {
    mkdirSync(path.join(folder, "library"));
    for (const [name, text] of Object.entries(modules)) writeFileSync(path.join(folder, "library", name), text);
  });
  const at = (name: string): string => path.join(folder, name);
  const machine = thisMachine();
  after(() => machine.close());
  const module = (name: string, args: AnsibleModuleProps["args"] = {}, more: Partial<AnsibleModuleProps> = {}): Task =>
    ansibleModule("m", { module: name, args, ...more });
  const keep = async (task: Task): Promise<string[]> => namesOf(await keepOn(machine, task));
  const twice = (task: Task) => twiceOn(machine, task);
  const warned: string[] = [];
  const evaluated = ({ does, props }: Task) => {
    if (!("resource" in does)) throw new Error("an action");
    return evaluate(does.resource, props, {
      states: new States(readOnly(machine), new Overlay(), new Overlay()),
      mode: runMode(machine),
      progress: () => undefined,
      ahead: () => [],
      showBefore: true,
      warn: (message) => warned.push(message),
    });
  };
  const refused = async (task: Task): Promise<string> => keepOn(machine, task).then(() => "", String);

  it("is predicted by its check mode, done, and done again without a change", async () => {
    expect(await twice(module("ansible.builtin.file", { path: at("d"), state: "directory", mode: "0750" }))).to.include(
      "state",
    );
    expect((statSync(at("d")).mode & 0o7777).toString(8)).to.equal("750");
    const found = await predict(machine, module("ansible.builtin.file", { path: at("d"), mode: "0700" }));
    expect(found).to.deep.equal([{ what: "mode", before: "0750", after: "0700" }]);
    expect((statSync(at("d")).mode & 0o7777).toString(8), "after a check").to.equal("750");
  });

  it("gets arguments with every kind of character, and tells a text's difference", async () => {
    writeFileSync(at("lines"), "one\n");
    const line = `it's "q" \\n \u20ac {{ x }} 'kubeplay-arguments'`;
    const task = module("ansible.builtin.lineinfile", { path: at("lines"), line });
    const [difference] = await predict(machine, task);
    expect(difference?.before).to.equal("one\n");
    expect(difference?.after).to.equal(`one\n${line}\n`);
    await twice(task);
    expect(readFileSync(at("lines"), "utf8")).to.equal(`one\n${line}\n`);
  });

  it("that has no check mode runs each time, and says itself whether it changed anything", async () => {
    const task = module("specs_no_check", { path: at("log"), changed: true });
    expect(namesOf(await predict(machine, task))).to.deep.equal(["run"]);
    expect(existsSync(at("log"))).to.equal(false);
    await evaluated(task);
    expect(await evaluated(task)).to.include({ outcome: "changed" });
    expect(readFileSync(at("log"), "utf8")).to.equal("ran\nran\n");
    const { outcome, output } = await evaluated(module("specs_no_check", { path: at("log"), changed: false }));
    expect([outcome, output]).to.deep.equal(["ok", { changed: false, lines: 3 }]);
    expect(warned).to.include(
      "specs_no_check cannot tell in check mode whether it changes anything, so it runs each time: " +
        "remote module (specs_no_check) does not support check mode",
    );
  });

  it("gives its result to later tasks, also if it only reads", async () => {
    const { outcome, output } = await evaluated(module("ansible.builtin.stat", { path: folder }));
    expect(outcome).to.equal("ok");
    expect(output).to.have.nested.property("stat.isdir", true);
    expect(output).not.to.have.property("invocation");
  });

  it("that breaks is an error with what it said last", async () => {
    for (const how of ["raise", "exit"]) {
      const task = (check: boolean) => module("specs_crash", { how, check });
      const checked = await predict(machine, task(true)).then(() => "", String);
      const done = await evaluated(task(false)).then(() => "", String);
      for (const failure of [checked, done])
        expect(failure, how).to.match(how === "exit" ? /specs_crash returned no result .*: boom/ : /boom/);
    }
  });

  it("that cannot be carried is an error that names what to use instead", async () => {
    for (const [name, words] of [
      [
        "ansible.builtin.template",
        "ansible.builtin.template works on the controller (it is an action plugin), so it cannot be carried to a host: use template instead",
      ],
      ["copy", "use file, or copyTree for a folder instead"],
      ["community.none.no_such", "finds no module community.none.no_such"],
      ["specs_shell", "it is not written in Python with AnsibleModule"],
    ] as const)
      expect(await refused(module(name)), name).to.include(words);
  });

  it("without Python on the host is an error that names the task to add", async () => {
    const task = module("ansible.builtin.stat", { path: "/" }, { python: "/none/python3" });
    expect(await refused(task)).to.include("the host has no /none/python3: add a packages task for python3");
  });

  it("with arguments that it does not know is an error, in a check too", async () => {
    const message = await refused(module("ansible.builtin.file", { path: at("x"), bogus: 1 }));
    expect(message).to.include("Unsupported parameters for (").and.to.include("bogus");
  });

  it("that reports a change each time is an error with a remedy, and needs always: true", async () => {
    expect(await refused(module("specs_always"))).to.include(
      "did not converge: state is absent, expected done: a module that reports a change each time needs always: true",
    );
    for (const time of ["the first time", "again"])
      expect(await keep(module("specs_always", {}, { always: true })), time).to.deep.equal(["state"]);
  });

  it("sees its environment, in a check too", async () => {
    const told = async (word: string) => evaluated(module("specs_environment", {}, { environment: { SPECS: word } }));
    expect(await told("wörd 'q'")).to.deep.include({ outcome: "ok", output: { changed: false, specs: "wörd 'q'" } });
  });

  it("has its own prefix for what kubeplay tells it", async () => {
    expect(await refused(module("ansible.builtin.stat", { _ansible_check_mode: false }))).to.include(
      "_ansible_check_mode is not an argument",
    );
  });

  it("may leave a program running, for which nothing waits", async () => {
    const { output } = await evaluated(module("specs_background"));
    process.kill((output as { pid: number }).pid);
  });

  it("leaves nothing behind, and a check touches no folder for temporary files", async () => {
    mkdirSync(at("tmp"));
    const changed = statSync(at("tmp")).mtimeMs;
    const folders = [at("tmp"), "/dev/shm", homedir()];
    const left = () => folders.flatMap((one) => readdirSync(one)).filter((name) => name.includes("ansible"));
    const before = left();
    const args = { path: at("lines"), line: "new", create: true };
    const task = module("ansible.builtin.lineinfile", args, { environment: { TMPDIR: at("tmp") } });
    await predict(machine, task);
    expect(statSync(at("tmp")).mtimeMs).to.equal(changed);
    await keep(task);
    // Others on this machine may use the same folders: what is theirs goes away by itself.
    const fresh = left().filter((name) => !before.includes(name));
    await until("all files are removed", () => !left().some((name) => fresh.includes(name)));
  });

  describe("in a play", () => {
    const lineIn = (file: string, line = "added") =>
      module("ansible.builtin.lineinfile", { path: at(file), line }, {}).notify(
        handler("Tell", run("Tell", { run: "true" })),
      );
    const play = (options: { check?: boolean }, ...tasks: readonly Task[]) => {
      const role = defineRole({ name: "one", description: "", vars: {}, tasks: () => tasks });
      const plays = playbook([kubeplayPlay({ name: "One", hosts: "all", roles: [role] })]);
      return played({ root: stageFolder(), playbook: plays, options: { diff: true, ...options } });
    };
    after(clear);

    it("is asked with all others in one process, changes what it says, and gives its output to later tasks", async () => {
      writeFileSync(at("play"), "");
      const stat = ansibleModule<{ readonly stat: { readonly size: number } }>("Ask", {
        ...{ module: "ansible.builtin.stat", args: { path: at("play") } },
      });
      const tasks = [
        lineIn("play"),
        stat,
        file("Write the size", {
          dest: at("size"),
          content: stat.output.map(({ stat: { size } }) => `${String(size)}\n`),
        }),
      ];
      const outcomes = async (options: { check?: boolean }) =>
        (await play(options, ...tasks)).tasks.map(({ outcome }) => outcome);
      expect(await outcomes({ check: true })).to.deep.equal(["changed", "ok", "changed", "changed"]);
      expect(readFileSync(at("play"), "utf8")).to.equal("");
      expect(await outcomes({})).to.deep.equal(["changed", "ok", "changed", "changed"]);
      expect(readFileSync(at("size"), "utf8")).to.equal("6\n");
      expect(await outcomes({})).to.deep.equal(["ok", "ok", "ok"]);
    });

    it("fails in a check as in the run, but not if an earlier task would make what it misses", async () => {
      const alone = await play({ check: true }, lineIn("later"));
      expect(alone.tasks[0]?.outcome).to.equal("failed");
      expect(alone.tasks[0]?.message).to.include("does not exist").and.include("without Ansible: line");
      expect((await play({}, lineIn("later"))).tasks[0]?.outcome).to.equal("failed");
      const tasks = [file("Make it", { dest: at("later"), content: "" }), lineIn("later")];
      const outcomes = async (options: { check?: boolean }) =>
        (await play(options, ...tasks)).tasks.map(({ outcome }) => outcome);
      expect(await outcomes({ check: true })).to.deep.equal(["changed", "changed", "changed"]);
      expect(await outcomes({})).to.deep.equal(["changed", "changed", "changed"]);
    });

    it("is refused before the first connection if it cannot be carried, with the task's place", () => {
      const root = stageFolder();
      writeFileSync(path.join(root, "hosts.yaml"), "all: {hosts: {a: }}\n");
      const inventory = loadInventory({ file: path.join(root, "hosts.yaml"), root });
      const tasks = () => [module("ansible.builtin.copy")];
      const role = defineRole({ name: "one", description: "", vars: {}, folder: root, tasks });
      const variables = new Variables(
        inventory,
        [inventoryVariables, role],
        [{ host: "a", roles: [role] }],
        new Mask(),
      );
      const plays = playbook([kubeplayPlay({ name: "One", hosts: "all", roles: [role] })]);
      expect(() => rehearse(plays, inventory, variables, { tags: [], skipTags: [] })).to.throw(
        /ansible-module\.spec\.ts:\d+:\d+: ansible\.builtin\.copy works on the controller .*: use file, or copyTree for a folder instead/,
      );
    });
  });
});
