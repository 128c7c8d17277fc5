import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { existsSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { archive, binary, command, directory, file, line, link, template, wait } from "kubeplay";
import type { Task } from "#engine/tasks/task.ts";
import { stampOf } from "#engine/queries/digest.ts";
import { temporaryFolder } from "../temporary.ts";
import { thisMachine } from "../this-machine.ts";
import { keep as keepOn, namesOf, twice as twiceOn } from "./keep.ts";

/** Each resource is applied on this machine twice: the first time changes something, and the second time does not. */
describe("resources on a real machine", () => {
  const folder = temporaryFolder();
  const role = `${folder}/role`;
  const at = (name: string): string => `${folder}/${name}`;
  const text = (name: string): string => readFileSync(at(name), "utf8");
  const machine = thisMachine();
  const keep = (task: Task) => keepOn(machine, task, role);
  const whats = async (task: Task): Promise<string[]> => namesOf(await keep(task));
  const twice = (task: Task) => twiceOn(machine, task, role);
  before(() => mkdirSync(role));
  after(() => machine.close());

  describe("a file", () => {
    it("is written, and later only its differences are changed", async () => {
      expect(await twice(file("f", { dest: at("file"), content: "one\n" }))).to.deep.equal(["content"]);
      expect(text("file")).to.equal("one\n");
      expect(await twice(file("f", { dest: at("file"), content: "one\n", mode: 0o4600 }))).to.deep.equal(["mode"]);
      expect(await twice(file("f", { dest: at("file"), content: "two\n" }))).to.deep.equal(["content", "mode"]);
      expect(statSync(at("file")).mode & 0o7777).to.equal(0o644);
      expect(await twice(file("f", { dest: at("file"), state: "absent" }))).to.deep.equal(["state"]);
      expect(existsSync(at("file"))).to.be.false;
    });

    it("is copied byte for byte from memory or from the role's files", async () => {
      const bytes = Uint8Array.from([0, 255, 10, 13]);
      mkdirSync(`${role}/files`);
      writeFileSync(`${role}/files/bytes`, bytes);
      await twice(file("f", { dest: at("bytes"), content: bytes }));
      await twice(file("f", { dest: at("copy"), src: "bytes", mode: 0o600 }));
      expect(readFileSync(at("bytes"))).to.deep.equal(Buffer.from(bytes));
      expect(readFileSync(at("copy"))).to.deep.equal(Buffer.from(bytes));
    });

    it("is compared even if it is too large for the query path to hash", async () => {
      writeFileSync(`${role}/large`, "");
      truncateSync(`${role}/large`, 9 << 20);
      await twice(file("f", { dest: at("large"), src: `${role}/large` }));
      await twice(file("f", { dest: at("large"), content: Buffer.alloc(9 << 20, 1) }));
      expect(readFileSync(at("large"))[0]).to.equal(1);
    });

    it("replaces a link, never a directory", async () => {
      writeFileSync(at("pointed at"), "precious");
      symlinkSync("pointed at", at("was link"));
      await twice(file("f", { dest: at("was link"), content: "mine" }));
      expect(text("pointed at")).to.equal("precious");
      mkdirSync(at("was directory"));
      const message = await failure(keep(file("f", { dest: at("was directory"), content: "" })));
      expect(message).to.contain("is a directory, expected a file");
    });

    it("leaves the old file if the validation fails", async () => {
      await twice(file("f", { dest: at("valid"), content: "good", validate: "grep -q good %s" }));
      await failure(keep(file("f", { dest: at("valid"), content: "bad", validate: "grep -q good %s" })));
      expect(text("valid")).to.equal("good");
    });
  });

  it("a file that is only created keeps its content, and gets its permissions", async () => {
    const task = (mode: number) => file("f", { dest: at("seed"), content: "new\n", createOnly: true, mode });
    expect(await twice(task(0o644))).to.deep.equal(["content"]);
    writeFileSync(at("seed"), "theirs\n");
    expect(await twice(task(0o600))).to.deep.equal(["mode"]);
    expect(text("seed")).to.equal("theirs\n");
    expect(await whats(file("f", { dest: at("seed"), content: "new\n", createOnly: true })), "no mode").to.deep.equal(
      [],
    );
    rmSync(at("seed"));
    symlinkSync("nowhere", at("seed"));
    expect(await whats(task(0o644))).to.deep.equal([]);
  });

  it("a file that is replaced stays beside the new one, if that is wanted", async () => {
    const task = (content: string, more = {}) => file("f", { dest: at("it's kept"), content, backup: true, ...more });
    const kept = () => readdirSync(folder).filter((name) => name.startsWith("it's kept."));
    await twice(task("one"));
    expect(kept()).to.deep.equal([]);
    await failure(keep(task("bad", { validate: "grep -q good %s" })));
    expect(kept(), "after a validation that failed").to.deep.equal([]);
    await twice(task("two"));
    const [name, ...others] = kept();
    expect([name, others]).to.deep.equal([name?.match(/^it's kept\.\d{4}-\d\d-\d\dT\d{6}Z~$/)?.[0], []]);
    expect(text(name!)).to.equal("one");
    expect(text("it's kept")).to.equal("two");
    for (const content of ["three", "four", "five"]) await twice(task(content));
    expect(kept().map(text).sort(), "of one second, too").to.deep.equal(["four", "one", "three", "two"]);
    expect(await failure(keep(task("x", { inPlace: true })))).to.include("expected one of them");
  });

  it("a template is rendered and written", async () => {
    mkdirSync(`${role}/templates`);
    writeFileSync(`${role}/templates/a.hbs`, "name: {{name}}\n");
    await twice(template("t", { src: "a.hbs", dest: at("rendered"), values: { name: "it's" } }));
    expect(text("rendered")).to.equal("name: it's\n");
  });

  describe("a directory", () => {
    it("is made with its parents, which a later task then finds", async () => {
      expect(await twice(directory("d", { path: at("a/b b/c"), mode: 0o2750 }))).to.deep.equal(["state"]);
      expect(statSync(at("a/b b/c")).mode & 0o7777).to.equal(0o2750);
      expect(await whats(directory("d", { path: at("a/b b"), mode: 0o755 }))).to.deep.equal([]);
      expect(await twice(directory("d", { path: at("a/b b"), mode: 0o700 }))).to.deep.equal(["mode"]);
    });

    it("can be a link to a directory, but not a file", async () => {
      symlinkSync("a", at("to a"));
      expect(await whats(directory("d", { path: at("to a") }))).to.deep.equal([]);
      writeFileSync(at("no directory"), "");
      expect(await failure(keep(directory("d", { path: at("no directory") })))).to.contain(
        "is a file, expected a directory",
      );
    });

    it("is removed with everything in it", async () => {
      await twice(directory("d", { path: at("a"), state: "absent" }));
      expect(existsSync(at("a"))).to.be.false;
    });
  });

  it("a link is made, changed and removed, and does not replace a file", async () => {
    await twice(link("l", { dest: at("-link"), target: "some where" }));
    await twice(link("l", { dest: at("-link"), target: folder }));
    await twice(link("l", { dest: at("-link"), target: "it's" }));
    expect(readlinkSync(at("-link"))).to.equal("it's");
    await twice(link("l", { dest: at("-link"), state: "absent" }));
    writeFileSync(at("in the way"), "precious");
    expect(await failure(keep(link("l", { dest: at("in the way"), target: "a" })))).to.contain("move it away first");
    expect(text("in the way")).to.equal("precious");
  });

  it("a line is added, replaced and removed, and the file keeps its mode", async () => {
    writeFileSync(at("lines"), "a=1\nb=2\nno end", { mode: 0o600 });
    await twice(line("l", { path: at("lines"), line: "b=3", match: "^b=" }));
    await twice(line("l", { path: at("lines"), line: "new", insertAfter: "^a=" }));
    await twice(line("l", { path: at("lines"), line: "last" }));
    expect(text("lines")).to.equal("a=1\nnew\nb=3\nno end\nlast\n");
    await twice(line("l", { path: at("lines"), line: "new", state: "absent" }));
    expect(text("lines")).to.equal("a=1\nb=3\nno end\nlast\n");
    expect(statSync(at("lines")).mode & 0o777).to.equal(0o600);
    const refused = line("l", { path: at("lines"), line: "bad", validate: "! grep -q bad %s" });
    expect(await failure(keep(refused))).to.include("the new file is not valid");
    expect(text("lines")).to.equal("a=1\nb=3\nno end\nlast\n");
    await twice(line("l", { path: at("lines"), match: "^(b=(?!.*4).*)", line: "$14", backReferences: true }));
    expect(text("lines")).to.equal("a=1\nb=34\nno end\nlast\n");
    await twice(line("l", { path: at("made"), line: "only", create: true }));
    expect(text("made")).to.equal("only\n");
  });

  it("a command runs only until the path that it creates exists, or its condition holds", async () => {
    const run = `printf x >> ${JSON.stringify(at("ran"))}`;
    await twice(command("c", { run, creates: at("ran") }));
    await twice(command("c", { run, unless: `[ "$(cat ${JSON.stringify(at("ran"))})" = xx ]` }));
    expect(text("ran")).to.equal("xx");
    expect(await failure(keep(command("c", { run, creates: at("something else") })))).to.contain("did not converge");
  });

  it("an archive is unpacked once, and again if it changes or its folder is removed", async () => {
    const source = at("source");
    mkdirSync(`${source}/top/bin`, { recursive: true });
    const pack = (content: string) => {
      writeFileSync(`${source}/top/bin/tool`, content);
      execFileSync("tar", ["--create", "--gzip", "--file", at("a.tar.gz"), "--directory", source, "top"]);
    };
    const task = archive("a", { src: at("a.tar.gz"), dest: at("unpacked here"), strip: 1 });
    pack("one");
    await twice(task);
    expect(text("unpacked here/bin/tool")).to.equal("one");
    pack("two");
    await twice(task);
    expect(text("unpacked here/bin/tool")).to.equal("two");
    rmSync(at("unpacked here"), { recursive: true });
    await twice(task);
    expect(text("unpacked here/bin/tool")).to.equal("two");
    expect(existsSync(at("unpacked here/.kubeplay-archive.tar"))).to.be.false;
  });

  it("a program is copied, and its mode is corrected without copying it again", async () => {
    writeFileSync(at("program"), "#!/bin/sh\n");
    await twice(binary("b", { src: at("program"), dest: at("installed") }));
    expect(statSync(at("installed")).mode & 0o7777).to.equal(0o755);
    execFileSync("chmod", ["600", at("installed")]);
    expect(await twice(binary("b", { src: at("program"), dest: at("installed") }))).to.deep.equal(["mode"]);
    rmSync(stampOf(at("installed")), { force: true });
  });

  it("a wait ends when its condition holds, or fails with the awaited state and the last output", async () => {
    const counts = `printf x >> ${JSON.stringify(at("tries"))}; [ "$(cat ${JSON.stringify(at("tries"))})" = xxx ] || { echo not yet; false; }`;
    await keep(wait("w", { until: `${counts}; [ -s ${JSON.stringify(at("tries"))} ]`, every: 0.01, timeout: 60 }));
    const message = await failure(
      keep(wait("w", { until: "echo 'still down' >&2; false", what: "it is up", timeout: 0 })),
    );
    expect(message).to.contain("it is up: timed out after 0 s").and.to.contain("The last try printed: still down");
  });
});

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error(`${path.basename(import.meta.filename)}: nothing failed`);
}
