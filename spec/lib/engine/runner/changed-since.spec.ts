import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { blockInFile, defineRole, directory, file, getUrl, ini, line, link, play, playbook } from "kubeplay";
import { replace, template, type Task } from "kubeplay";
import { clear, folder, played } from "./stage.ts";

const ofNew = createHash("sha256").update("new\n").digest("hex");

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
    "a block": [edit, (root) => blockInFile("b", { path: `${root}/file`, block: "new" })],
    "an option": [edit, (root) => ini("i", { path: `${root}/file`, option: "new", value: 1 })],
    "a replacement": [edit, (root) => replace("r", { path: `${root}/file`, match: "old", with: "new" })],
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

  it("is kept by a file that is fetched, however long the download takes", async () => {
    for (const name of ["file", "none"]) {
      const root = folder();
      writeFileSync(`${root}/file`, "old\n");
      const server = createServer((_request, response) => {
        writeFileSync(`${root}/${name}`, "edited\n");
        response.end("new\n");
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const fetched = getUrl("g", { url: `http://127.0.0.1:${String(port)}/`, dest: `${root}/${name}`, sha256: ofNew });
      const role = defineRole({ name: "r", description: "R.", folder: root, vars: {}, tasks: () => [fetched] });
      const { tasks } = await played({ root, playbook: playbook([play({ name: "p", hosts: "all", roles: [role] })]) });
      server.close();
      expect(tasks[0]?.message).to.include("it was changed by somebody else after it was compared");
      expect(readFileSync(`${root}/${name}`, "utf8")).to.equal("edited\n");
      expect(readdirSync(root).filter((one) => one.startsWith(".kubeplay."))).to.deep.equal([]);
    }
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
