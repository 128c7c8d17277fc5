import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { archive, TaskError } from "kubeplay";
import { unpack } from "#engine/resources/files/unpack.ts";
import { pathFunctions } from "#engine/shell/paths.ts";
import { needs } from "../../needs.ts";
import { temporaryFolder } from "../../temporary.ts";
import { thisMachine } from "../../this-machine.ts";
import { keep, namesOf, twice } from "../keep.ts";
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

describe("an archive with other kinds of files than before", () => {
  const folder = temporaryFolder();
  const machine = thisMachine();
  const [source, dest, fresh] = [`${folder}/app.tar`, `${folder}/app`, `${folder}/new`];
  const task = archive("Unpack it", { src: source, dest });
  /** What the commands make, or the named parts of it. */
  const pack = (commands: string, names = ["."]): void => {
    execFileSync("sh", ["-ec", `rm -rf "$1"; mkdir "$1"; cd "$1"; ${commands}`, "sh", fresh]);
    execFileSync("tar", ["--create", "--file", source, "--directory", fresh, ...names]);
  };
  const permissions = (name: string): string =>
    execFileSync("stat", ["-c", "%a %u:%g", `${dest}/${name}`], { encoding: "utf8" }).trim();
  beforeEach(() => execFileSync("rm", ["-rf", dest]));
  after(() => machine.close());

  it("leaves the folders that are there as they are, and makes others as the archive says", async () => {
    const [uid = 0, gid = 0] = process.getuid?.() === 0 ? [33, 33] : [process.getuid?.(), process.getgid?.()];
    mkdirSync(`${dest}/etc/private`, { recursive: true });
    mkdirSync(`${dest}/uploads`);
    chownSync(`${dest}/uploads`, uid, gid);
    chmodSync(`${dest}/uploads`, 0o2770);
    chmodSync(`${dest}/etc/private`, 0o700);
    const names = ["etc/private/k.pem", "uploads/.keep", "made"];
    pack("mkdir -p etc/private uploads made/in; chmod 750 made/in; touch etc/private/k.pem uploads/.keep", names);
    await twice(machine, task);
    expect(permissions("etc/private")).to.match(/^700 /);
    expect(permissions("uploads")).to.equal(`2770 ${String(uid)}:${String(gid)}`);
    expect(permissions("made/in")).to.match(/^750 /);
  });

  it("replaces a folder by a file or a link, and these by a folder", async () => {
    const versions = ["mkdir -p a/b; touch a/b/c d; ln -s d e", "touch a; ln -s a d; mkdir e; touch e/f"];
    for (const version of [...versions, ...versions]) {
      pack(version);
      await twice(machine, task);
      execFileSync("diff", ["-r", "--no-dereference", "--exclude=.kubeplay-*", fresh, dest]);
    }
  });

  it("is unpacked by a user who may not write to its folders", function () {
    needs(this, "root, to become another user", process.getuid?.() === 0);
    mkdirSync(dest);
    for (const content of ["1", "2"]) {
      pack(`mkdir -p ro/in; echo ${content} > ro/in/a; echo ${content} > ro/b; chmod 555 ro/in ro`);
      const copy = `${dest}/.marker.tar`;
      copyFileSync(source, copy);
      execFileSync("chown", ["-R", "33:33", dest]);
      execFileSync("chmod", ["711", folder]);
      const sha256 = createHash("sha256").update(readFileSync(source)).digest("hex");
      const script = pathFunctions + "\n" + unpack({ copy, sha256, marker: `${dest}/.marker`, strip: 0, listed: true });
      execFileSync("setpriv", ["--reuid=33", "--regid=33", "--clear-groups", "sh", "-c", script]);
      expect(readFileSync(`${dest}/ro/in/a`, "utf8") + readFileSync(`${dest}/ro/b`, "utf8")).to.equal(
        `${content}\n${content}\n`,
      );
      expect([permissions("ro"), permissions("ro/in")]).to.deep.equal(["555 33:33", "555 33:33"]);
      expect(readdirSync(dest).sort()).to.deep.equal([".marker", ".marker.files", "ro"]);
    }
  });

  it("is unpacked again if something else is in the place of its list", async () => {
    pack("touch a");
    await twice(machine, task);
    execFileSync("sh", ["-ec", 'rm "$1"; mkfifo "$1"', "sh", `${dest}/.kubeplay-archive.files`]);
    expect(await twice(machine, task)).to.deep.equal(["files"]);
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
    for (const strip of [-1, 1.5, "1; id #" as unknown as number])
      expect(() => subject(archive("x", { src: "a.tar", dest: "/opt/tool", strip }))).to.throw(
        `/opt/tool: strip is ${String(strip)}, expected a whole number from 0`,
      );
  });

  it("is known after apply if it is not made yet, and an error if no task makes it", () => {
    const toCome = "known after apply: /cache/cni.tgz";
    const now = { source: undefined, unpacked: undefined, folder };
    expect(cni.diff(now)).to.deep.equal([{ what: "content", before: undefined, after: toCome }]);
    expect(cni.forecast(now)).to.deep.include({ unpacked: { sha256: toCome, intact: true } });
    expect(() => cni.steps(now)).to.throw("/cache/cni.tgz is not on the controller");
  });
});
