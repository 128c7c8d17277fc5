import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { expect } from "chai";
import { absent, changedSince, pathFunctions } from "#engine/shell/paths.ts";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../temporary.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("in a folder of a local user", () => {
  const root = temporaryFolder();
  const kim = 4711;
  const home = `${root}/kim`;
  before(function () {
    if (userInfo().uid !== 0) {
      console.log("      skipped: only root can give folders to other users");
      this.skip();
    }
    for (const folder of [home, `${home}/folder`, `${root}/victim`]) mkdirSync(folder);
    for (const folder of [home, `${home}/folder`]) chownSync(folder, kim, kim);
    writeFileSync(`${root}/victim/secret`, "secret\n", { mode: 0o600 });
  });

  const run = (script: string) => spawnSync("sh", ["-c", `${pathFunctions}\n${script}`], { encoding: "utf8" });

  it("a link is not entered, although nothing was there a moment before", () => {
    symlinkSync(`${root}/victim`, `${home}/link`);
    const late = `cd() { if [ "$tried" ]; then command cd "$@"; else tried=1; return 1; fi; }`;
    const { status, stderr, stdout } = run(`${late}; kubeplay_enter ${quote(`${home}/link`)} && pwd -P`);
    expect(stdout).to.equal("");
    expect(status).to.equal(1);
    expect(stderr).to.contain("/kim/link is a link that others can change");
  });

  describe("a path for a program that follows it", () => {
    const alone = (name: string) => run(`kubeplay_alone_to_end ${quote(name)}`);
    before(() => {
      mkdirSync(`${root}/deep`);
      writeFileSync(`${root}/deep/file`, "");
      writeFileSync(`${home}/file`, "");
      symlinkSync("../deep/file", `${root}/deep/relative`);
      symlinkSync(`${root}/deep/relative`, `${root}/to root`);
      symlinkSync(home, `${root}/to kim`);
      symlinkSync("to kim", `${root}/over another`);
      symlinkSync(`${root}/deep`, `${home}/back`);
      // As in /tmp: names that others cannot take, above which all is root's.
      for (const folder of [root, `${root}/deep`]) chmodSync(folder, 0o755);
    });

    it("may lead over links of root's to what is root's", () => {
      for (const name of ["deep", "deep/file", "deep/relative", "to root"]) {
        const { status, stderr } = alone(`${root}/${name}`);
        expect(status, `${name}: ${stderr}`).to.equal(0);
      }
    });

    it("must not lead through a folder of a local user, also at the end of a link", () => {
      for (const name of ["kim/file", "kim/folder", "kim/back", "kim/back/file", "to kim/file"]) {
        const { status, stderr } = alone(`${root}/${name}`);
        expect(status, name).to.equal(1);
        expect(stderr).to.match(/others can (swap|change)/);
      }
      symlinkSync(`${home}/file`, `${root}/to kim's`);
      symlinkSync("to kim's", `${root}/over another to kim's`);
      for (const name of ["to kim's", "over another to kim's"]) {
        const { status, stderr } = alone(`${root}/${name}`);
        expect(status, name).to.equal(1);
        expect(stderr).to.include(`others can swap ${home}/file: take their permission`);
      }
    });

    it("may be a folder of a local user itself, whose name only root can change", () => {
      for (const name of ["kim", "to kim", "over another"]) expect(alone(`${root}/${name}`).status, name).to.equal(0);
    });
  });

  describe("a file that is edited", () => {
    const name = `${home}/folder/thing`;
    const identity = () =>
      execFileSync("find", [name, "-maxdepth", "0", "-printf", "%y %m %U %G %i %s %T@"], { encoding: "utf8" });
    const read = (what: string, content: string) =>
      run(`kubeplay_enter ${quote(`${home}/folder`)} && kubeplay_read thing ${quote(what)} ${sha256(content)}`);
    before(() => {
      writeFileSync(name, "own\n");
      chownSync(name, kim, kim);
    });

    it("is the one that was read", () => {
      const { status, stderr } = read(identity(), "own\n");
      expect(status, stderr).to.equal(0);
      expect(readdirSync(`${home}/folder`), "nothing is left of the check").to.deep.equal(["thing"]);
    });

    it("is not taken for another one, which a link led to while it was read", () => {
      const { status, stderr } = read(identity(), "secret\n");
      expect(status).to.equal(changedSince);
      expect(stderr).to.contain("it was changed by somebody else while it was read");
      expect(readdirSync(`${home}/folder`)).to.deep.equal(["thing"]);
    });

    it("is not taken for a link that has come in its place", () => {
      const was = identity();
      renameSync(name, `${home}/away`);
      symlinkSync(`${root}/victim/secret`, name);
      for (const content of ["own\n", "secret\n"]) expect(read(was, content).status).to.equal(changedSince);
      expect(read(absent, "secret\n").status).to.equal(changedSince);
    });
  });
});

describe("a folder that only one user can enter", () => {
  const root = temporaryFolder();
  let count = 0;
  let folder = "";
  beforeEach(() => mkdirSync((folder = `${root}/${String(++count)}`)));
  const inside = (script: string): string => `${pathFunctions}\ncd ${quote(folder)} && kubeplay_apart && ${script}`;
  const run = (script: string) => spawnSync("sh", ["-c", inside(script)], { encoding: "utf8" });

  it("is gone once it is left", () => {
    expect(run("pwd && kubeplay_leave && pwd").stdout).to.match(/^(.*)\/\.kubeplay\.\w{10}\n\1\n$/);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  for (const [when, script] of Object.entries({
    "a step fails": "echo x > ./.hidden && false && kubeplay_leave",
    "the shell exits": "echo x > thing; exit 3",
    "a text to be read by nobody ends it": "exec 1>&-; kill -PIPE $$; false",
  }))
    it(`goes with what is in it if ${when}`, () => {
      const { status, stderr } = run(script);
      expect(stderr).to.equal("");
      expect(status).not.to.equal(0);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

  it("keeps the exit code of what failed", () => expect(run("echo x > thing; (exit 75)").status).to.equal(75));

  for (const signal of ["TERM", "HUP"] as const)
    it(`goes if the shell gets SIG${signal} during a command`, () => {
      writeFileSync(`${folder}/copy`, "");
      run(`kubeplay_copy=copy; mkdir deep; kill -${signal} $$; exit 1`);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

  it("goes a day after its shell was killed, and no other does", () => {
    const left = () => readdirSync(folder).sort();
    expect(run("echo x > thing; kill -KILL $$").signal).to.equal("SIGKILL");
    const [killed = ""] = left();
    expect(killed).to.match(/^\.kubeplay\./);
    mkdirSync(`${folder}/.kubeplay`);
    expect(run("kubeplay_leave").status).to.equal(0);
    expect(left(), "another run may be at work in it").to.deep.equal([".kubeplay", killed]);
    for (const name of left()) utimesSync(`${folder}/${name}`, 1, 1);
    expect(run("kubeplay_leave").status).to.equal(0);
    expect(left()).to.deep.equal([".kubeplay"]);
  });
});
