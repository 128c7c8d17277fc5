import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { archive, TaskError } from "kubeplay";
import { temporaryFolder } from "../../temporary.ts";
import { thisMachine } from "../../this-machine.ts";
import { keep, namesOf } from "../keep.ts";
import { asked, subject } from "../one-resource.ts";

describe("an archive that cannot be unpacked", () => {
  const folder = temporaryFolder();
  const machine = thisMachine();
  const source = `${folder}/tools.tar`;
  const dest = `${folder}/bin`;
  const task = archive("Unpack it", { src: source, dest, marker: ".tools" });
  const pack = (content: string): void => {
    mkdirSync(`${folder}/new`, { recursive: true });
    for (const name of ["first", "second"]) writeFileSync(`${folder}/new/${name}`, content);
    execFileSync("tar", ["--create", "--file", source, "--directory", `${folder}/new`, "first", "second"]);
  };
  const failure = (): Promise<unknown> => keep(machine, task).catch((error: unknown) => error);
  const hidden = (): string[] => readdirSync(dest).filter((name) => name.startsWith("."));
  beforeEach(async () => {
    rmSync(dest, { recursive: true, force: true });
    pack("old");
    await keep(machine, task);
  });
  after(() => machine.close());

  it("leaves every file and its marker as they were, and nothing beside them", async () => {
    const marker = readFileSync(`${dest}/.tools`, "utf8");
    writeFileSync(source, "this is not a tar file");
    expect(await failure()).to.be.an.instanceof(TaskError);
    expect(readFileSync(`${dest}/first`, "utf8")).to.equal("old");
    expect(readFileSync(`${dest}/.tools`, "utf8")).to.equal(marker);
    expect(hidden()).to.deep.equal([".tools"]);
  });

  it("has no marker once a file was moved, so that the next run unpacks it again", async () => {
    pack("new");
    rmSync(`${dest}/second`);
    mkdirSync(`${dest}/second/in the way`, { recursive: true });
    expect(await failure()).to.be.an.instanceof(TaskError);
    expect(hidden(), "neither a marker nor a rest").to.deep.equal([]);
    rmSync(`${dest}/second`, { recursive: true });
    expect(namesOf(await keep(machine, task))).to.deep.equal(["content"]);
    expect(readFileSync(`${dest}/second`, "utf8")).to.equal("new");
    expect(hidden()).to.deep.equal([".tools"]);
  });
});

describe("an archive with a folder of its own", () => {
  const folder = temporaryFolder();
  const machine = thisMachine();
  const source = `${folder}/app.tar`;
  const dest = `${folder}/app`;
  const task = archive("Unpack it", { src: source, dest });
  const pack = (files: Readonly<Record<string, string>>): void => {
    rmSync(`${folder}/new`, { recursive: true, force: true });
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(`${folder}/new/${name}`), { recursive: true });
      writeFileSync(`${folder}/new/${name}`, content);
    }
    execFileSync("tar", ["--create", "--file", source, "--directory", `${folder}/new`, "."]);
  };
  const found = async () => namesOf(await keep(machine, task));
  const files = () =>
    execFileSync("find", [".", "-type", "f", "!", "-name", ".kubeplay-*"], { cwd: dest, encoding: "utf8" })
      .trim()
      .split("\n")
      .sort();
  beforeEach(async () => {
    rmSync(dest, { recursive: true, force: true });
    pack({ a: "1", "lib/b": "1", "lib/old/c\td": "1" });
    expect(await found()).to.deep.equal(["content"]);
    expect(await found()).to.deep.equal([]);
  });
  after(() => machine.close());

  it("is unpacked again if a file was removed or changed", async () => {
    for (const spoil of [
      () => rmSync(`${dest}/lib/b`),
      () => writeFileSync(`${dest}/a`, "2"),
      () => rmSync(`${dest}/lib/old`, { recursive: true }),
    ]) {
      spoil();
      expect(await found()).to.deep.equal(["files"]);
      expect(readFileSync(`${dest}/a`, "utf8") + readFileSync(`${dest}/lib/b`, "utf8")).to.equal("11");
      expect(await found()).to.deep.equal([]);
    }
  });

  it("takes its old files away, and none of others", async () => {
    writeFileSync(`${dest}/lib/mine`, "");
    writeFileSync(`${dest}/lib/old/mine`, "");
    pack({ a: "2" });
    expect(await found()).to.deep.equal(["content"]);
    expect(files()).to.deep.equal(["./a", "./lib/mine", "./lib/old/mine"]);
    rmSync(`${dest}/lib/old/mine`);
    pack({ a: "2", new: "1" });
    await found();
    expect(files()).to.deep.equal(["./a", "./lib/mine", "./new"]);
  });

  it("removes nothing outside of its folder, whatever its list says", async () => {
    writeFileSync(`${folder}/outside`, "");
    writeFileSync(`${dest}/.kubeplay-archive.files`, `./../outside\0../outside\0${folder}/outside\0./lib/b\0`);
    pack({ a: "3" });
    await found();
    expect(readdirSync(folder)).to.include("outside");
    expect(files()).not.to.include("./lib/b");
  });

  it("is taken as it is if an older version of kubeplay unpacked it", async () => {
    const marker = readFileSync(`${dest}/.kubeplay-archive`, "utf8");
    writeFileSync(`${dest}/.kubeplay-archive`, marker.split("\n").slice(0, 1).join("") + "\n");
    rmSync(`${dest}/.kubeplay-archive.files`);
    expect(await found()).to.deep.equal([]);
  });
});

describe("the resource archive", () => {
  const cni = subject(archive("Unpack it", { src: "/cache/cni.tgz", dest: "/opt/cni/bin", marker: ".cni" }));
  const folder = { type: "absent" };
  const source = { sha256: "a".repeat(64), size: 5, mode: 0o644 };

  it("is unpacked if its marker does not have its digest", () => {
    expect(asked(cni)).to.deep.equal([
      "controller file /cache/cni.tgz",
      "unpacked archive /opt/cni/bin/.cni",
      "path /opt/cni/bin",
      "path /opt",
      "path /opt/cni",
    ]);
    expect(cni.diff({ source, unpacked: { sha256: "old", intact: true } })).to.deep.equal([
      { what: "content", before: "old", after: source.sha256 },
    ]);
    expect(cni.diff({ source, ...cni.forecast({ source, unpacked: undefined, folder }) })).to.deep.equal([]);
  });

  it("is removed with its folder, unless the folder is shared", () => {
    const gone = subject(archive("Remove it", { dest: "/opt/tool", state: "absent" }));
    expect(asked(gone)).to.deep.equal(["path /opt/tool"]);
    const there = { folder: { type: "directory", mode: 0o755 } };
    expect(gone.steps(there)).to.deep.equal(["kubeplay_enter '/opt' && rm -rf --one-file-system -- ./'tool'"]);
    expect(gone.diff(gone.forecast(there))).to.deep.equal([]);
    const shared = archive("x", { dest: "/opt/cni/bin", marker: ".cni", state: "absent" });
    expect(() => subject(shared)).to.throw("/opt/cni/bin: an archive with a marker shares its folder");
    expect(() => subject(archive("x", { dest: "/opt/tool" }))).to.throw("/opt/tool: an archive requires src");
  });

  it("is known after apply if it is not made yet, and an error if no task makes it", () => {
    const toCome = "known after apply: /cache/cni.tgz";
    const now = { source: undefined, unpacked: undefined, folder };
    expect(cni.diff(now)).to.deep.equal([{ what: "content", before: undefined, after: toCome }]);
    expect(cni.forecast(now)).to.deep.include({ unpacked: { sha256: toCome, intact: true } });
    expect(() => cni.steps(now)).to.throw("/cache/cni.tgz is not on the controller");
  });
});
