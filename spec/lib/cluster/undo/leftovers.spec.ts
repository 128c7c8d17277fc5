import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { folderState, noLeftovers } from "#cluster/undo/leftovers.ts";
import { ask } from "../../engine/queries/ask.ts";
import { keep, twice } from "../../engine/resources/keep.ts";
import { subject } from "../../engine/resources/one-resource.ts";
import { temporaryFolder } from "../../engine/temporary.ts";
import { thisMachine } from "../../engine/this-machine.ts";

describe("leftovers of a program", () => {
  const root = temporaryFolder();
  const machine = thisMachine();
  after(() => machine.close());

  /** A folder of its own with these files; a name with a slash at its end is a folder. */
  const folderWith = (name: string, ...entries: readonly string[]): string => {
    const folder = `${root}/${name}`;
    mkdirSync(folder, { recursive: true });
    for (const entry of entries) {
      mkdirSync(path.dirname(`${folder}/${entry}`), { recursive: true });
      if (entry.endsWith("/")) mkdirSync(`${folder}/${entry}`, { recursive: true });
      else writeFileSync(`${folder}/${entry}`, "");
    }
    return folder;
  };
  const remove = (folder: string, names: readonly string[], upTo?: string): Promise<readonly string[]> =>
    twice(machine, noLeftovers("Remove them", { folder, names, ...(upTo !== undefined && { upTo }) }));

  it("go with their folder, if nothing else is in it", async () => {
    const folder = folderWith("all", "member/wal/0.wal", "before-restore-2026/x", ".hidden");
    expect(await remove(folder, ["*"])).to.deep.equal([`${folder}/*`, folder]);
    expect(existsSync(folder)).to.equal(false);
  });

  it("go by name or pattern, and what others put beside them stays with the folder", async () => {
    const folder = folderWith("some", "member/x", "before-restore-1/x", "before-restore-2/x", "notes", "member2");
    await remove(folder, ["member", "before-restore-*"]);
    expect(readdirSync(folder)).to.deep.equal(["member2", "notes"]);
  });

  it("take folders above along that are empty then, up to a given one", async () => {
    folderWith("opt/cni/bin", "bridge", "portmap");
    await remove(`${root}/opt/cni/bin`, ["bridge", "portmap"], `${root}/opt/cni`);
    expect(readdirSync(`${root}/opt`)).to.deep.equal([]);
    folderWith("two/cni/bin", "bridge");
    folderWith("two/cni", "of-others");
    await remove(`${root}/two/cni/bin`, ["bridge"], `${root}/two/cni`);
    expect(readdirSync(`${root}/two/cni`)).to.deep.equal(["of-others"]);
  });

  it("are taken from a link's folder, and the link stays", async () => {
    const folder = folderWith("disk", "member/x");
    symlinkSync(folder, `${root}/link`);
    await remove(`${root}/link`, ["*"]);
    expect(existsSync(`${root}/link`)).to.equal(true);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("are taken from a mount point, which stays, and another mount in it is not emptied", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const folder = folderWith("mounted");
    execFileSync("mount", ["-t", "tmpfs", "none", folder]);
    try {
      folderWith("mounted", "member/x");
      expect(await remove(folder, ["*"])).to.deep.equal([`${folder}/*`]);
      expect(readdirSync(folder)).to.deep.equal([]);
      folderWith("mounted", "pods/volume/");
      execFileSync("mount", ["-t", "tmpfs", "none", `${folder}/pods/volume`]);
      writeFileSync(`${folder}/pods/volume/data`, "");
      const failure = await remove(folder, ["*"]).catch((error: unknown) => String(error));
      expect(failure).to.contain("different device");
      expect(existsSync(`${folder}/pods/volume/data`)).to.equal(true);
    } finally {
      execFileSync("umount", ["--recursive", folder]);
    }
  });

  it("are no change if there are none", async () => {
    expect(await keep(machine, noLeftovers("Remove them", { folder: `${root}/none`, names: ["*"] }))).to.be.empty;
  });

  it("are foretold as they will be", () => {
    const folder = "/opt/cni/bin";
    const task = noLeftovers("x", { folder, names: ["bridge"], upTo: "/opt/cni" });
    const now = { [folder]: { stays: false, names: ["bridge"] }, "/opt/cni": { stays: false, names: ["bin", "etc"] } };
    expect(subject(task).forecast(now)).to.deep.equal({
      [folder]: undefined,
      "/opt/cni": { stays: false, names: ["etc"] },
    });
    const mount = { [folder]: { stays: true, names: ["bridge", "x"] }, "/opt/cni": { stays: false, names: ["bin"] } };
    expect(subject(task).forecast(mount)).to.deep.equal({ ...mount, [folder]: { stays: true, names: ["x"] } });
  });

  it("never take a folder directly below the root along", () => {
    const task = noLeftovers("x", { folder: "/srv", names: ["docker"] });
    const whats = subject(task).diff({ "/srv": { stays: false, names: ["docker"] } });
    expect(whats.map(({ what }) => what)).to.deep.equal(["/srv/docker"]);
  });

  it("need plain names, and a folder above them", () => {
    for (const name of ["..", "a/b", "$(x)", "a b", ""])
      expect(() => subject(noLeftovers("x", { folder: "/srv/x", names: [name] })), name).to.throw("is not a name");
    expect(() => subject(noLeftovers("x", { folder: "/srv/x", names: [], upTo: "/opt" }))).to.throw("is not above");
  });

  it("may have any names", async () => {
    const folder = folderWith("odd", "two\nlines", "with a\ttab", "stays");
    const [state] = await ask([folderState(folder)]);
    expect(state).to.deep.equal({ stays: false, names: ["stays", "two\nlines", "with a\ttab"] });
    const both = await ask([folderState(`${root}/none`), folderState(folder)]);
    expect(both).to.deep.equal([undefined, state]);
  });
});
