import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { defineRole, directory, file, line, link, play, playbook, template, type Task } from "kubeplay";
import { clear, folder, played } from "./stage.ts";

/** A person works on a host while an earlier task of the same play is at work there, here in its `validate`. */
describe("what somebody changed after it was compared", () => {
  after(clear);

  async function meanwhile(does: (root: string) => string, task: (root: string) => Task, ...before: string[]) {
    const root = folder();
    for (const name of before) writeFileSync(`${root}/${name}`, "old\n");
    const slow = file("Write slowly", {
      dest: `${root}/slow`,
      content: "x",
      validate: `cd ${root}; ${does(root)}; : %s`,
    });
    const role = defineRole({ name: "r", description: "R.", folder: root, vars: {}, tasks: () => [slow, task(root)] });
    const scene = { root, playbook: playbook([play({ name: "p", hosts: "all", roles: [role] })]) };
    const first = await played(scene);
    const [, failed] = first.tasks;
    return { root, failed, again: () => played(scene) };
  }
  const edit = () => "echo edited >> file";

  it("is kept by a line, which fails, and is added by the next run", async () => {
    const { root, failed, again } = await meanwhile(
      edit,
      (root) => line("l", { path: `${root}/file`, line: "new" }),
      "file",
    );
    expect(failed).to.include({ outcome: "failed" });
    expect(failed?.message).to.include("it was changed by somebody else after it was compared");
    expect(readFileSync(`${root}/file`, "utf8")).to.equal("old\nedited\n");
    rmSync(`${root}/slow`);
    writeFileSync(`${root}/slow`, "x");
    expect((await again()).code).to.equal(0);
    expect(readFileSync(`${root}/file`, "utf8")).to.equal("old\nedited\nnew\n");
  });

  const cases: Readonly<Record<string, readonly [(root: string) => string, (root: string) => Task]>> = {
    "a file": [edit, (root) => file("f", { dest: `${root}/file`, content: "new\n" })],
    "a template": [
      edit,
      (root) => (
        writeFileSync(`${root}/t.hbs`, "new\n"),
        template("t", { src: `${root}/t.hbs`, dest: `${root}/file` })
      ),
    ],
    "a file's permissions": [
      () => "chmod 600 file",
      (root) => file("f", { dest: `${root}/file`, content: "old\n", mode: 0o666 }),
    ],
    "a file's removal": [edit, (root) => file("f", { dest: `${root}/file`, state: "absent" })],
    "a new file": [() => "echo edited > none", (root) => file("f", { dest: `${root}/none`, content: "new\n" })],
    "a new link": [() => "echo edited > none", (root) => link("l", { dest: `${root}/none`, target: "file" })],
    "a new directory": [() => "echo edited > none", (root) => directory("d", { path: `${root}/none` })],
  };
  for (const [name, [does, task]] of Object.entries(cases))
    it(`is kept by ${name}, which fails`, async () => {
      const { root, failed } = await meanwhile(does, task, "file");
      expect(failed).to.include({ outcome: "failed" });
      expect(failed?.message).to.include("it was changed by somebody else after it was compared");
      const kept = name.startsWith("a new") ? "edited\n" : name === "a file's permissions" ? "old\n" : "old\nedited\n";
      expect(readFileSync(`${root}/${name.startsWith("a new") ? "none" : "file"}`, "utf8")).to.equal(kept);
      if (name === "a file's permissions") expect(statSync(`${root}/file`).mode & 0o777).to.equal(0o600);
    });

  it("is kept if another folder has taken the place of the one to remove or to change", async () => {
    for (const wanted of [{ state: "absent" }, { mode: 0o700 }] as const) {
      const { root, failed } = await meanwhile(
        () => "mv tree aside; mkdir -m 755 tree; touch tree/kept",
        (root) => {
          mkdirSync(`${root}/tree`, { recursive: true });
          return directory("d", { path: `${root}/tree`, ...wanted });
        },
      );
      expect(failed).to.include({ outcome: "failed" });
      expect(statSync(`${root}/tree/kept`).isFile()).to.equal(true);
      expect(statSync(`${root}/tree`).mode & 0o777).to.equal(0o755);
    }
  });
});
