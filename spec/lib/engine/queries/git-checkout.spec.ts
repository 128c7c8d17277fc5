import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { expect } from "chai";
import { gitCheckout } from "#engine/queries/git-checkout.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parse, parseAll } from "./parse.ts";

const commit = "0123456789".repeat(4);

describe("the query git checkout", () => {
  const root = temporaryFolder();
  const asked = async (name: string) => (await ask([gitCheckout(`${root}/${name}`)]))[0];
  const git = (name: string, ...args: readonly string[]): string =>
    execFileSync("git", ["-C", `${root}/${name}`, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      encoding: "utf8",
    }).trim();
  const repository = (name: string): void => {
    mkdirSync(`${root}/${name}`);
    git(name, "init", "-q", "-b", "main");
  };

  it("returns commit, origin and whether tracked files differ, each under its own folder", async () => {
    repository("app");
    git("app", "remote", "add", "origin", "https://example.org/it's.git");
    writeFileSync(`${root}/app/file`, "one\n");
    git("app", "add", "file");
    git("app", "commit", "-q", "-m", "one");
    const now = { commit: git("app", "rev-parse", "HEAD"), origin: "https://example.org/it's.git" };
    mkdirSync(`${root}/no repository`);
    const folders = ["no repository", "app", "none"].map((name) => gitCheckout(`${root}/${name}`));
    expect(await ask(folders)).to.deep.equal([undefined, { ...now, modified: false }, undefined]);
    writeFileSync(`${root}/app/untracked`, "");
    expect(await asked("app")).to.deep.equal({ ...now, modified: false });
    writeFileSync(`${root}/app/file`, "two\n");
    expect(await asked("app")).to.deep.equal({ ...now, modified: true });
    rmSync(`${root}/app/file`);
    expect(await asked("app")).to.deep.equal({ ...now, modified: true });
  });

  it("returns neither commit nor origin for a repository that has none", async () => {
    repository("new");
    const answer = await asked("new");
    expect(answer).to.have.property("modified");
    expect(answer).to.not.have.any.keys("commit", "origin");
  });

  it("takes a URL of several lines for no answer about another repository", async () => {
    for (const name of ["lines", "lines too"]) repository(name);
    git("lines", "remote", "add", "origin", "one\nclean\nnone\n\n\n");
    const [first, second] = await ask(["lines", "lines too"].map((name) => gitCheckout(`${root}/${name}`)));
    expect(first).to.include({ origin: "one" });
    expect(second).to.have.property("modified");
  });

  it("runs no program that the repository names", async () => {
    repository("trap");
    writeFileSync(`${root}/trap/file`, "one\n");
    git("trap", "add", "file");
    git("trap", "commit", "-q", "-m", "one");
    for (const name of ["core.fsmonitor", "core.pager", "diff.external", "diff.trap.textconv"])
      git("trap", "config", name, `touch '${root.replaceAll("'", `'\\''`)}/owned'; :`);
    writeFileSync(`${root}/trap/.gitattributes`, "file diff=trap\n");
    writeFileSync(`${root}/trap/file`, "two\n");
    expect(await asked("trap")).to.include({ modified: true });
    expect(() => execFileSync("ls", [`${root}/owned`], { stdio: "pipe" })).to.throw("No such file");
  });

  it("refuses a repository of another user, and what git cannot read", async function () {
    repository("broken");
    writeFileSync(`${root}/broken/.git/HEAD`, "nonsense\n");
    expect(await asked("broken").catch(String)).to.include("broken cannot be read as a git repository: fatal: ");
    if (userInfo().uid !== 0) this.skip();
    repository("theirs");
    execFileSync("chown", ["-R", "4711", `${root}/theirs`]);
    expect(await asked("theirs").catch(String)).to.include("theirs belongs to another user");
    symlinkSync("theirs", `${root}/link`);
    expect(await asked("link").catch(String)).to.include("link belongs to another user");
  });

  it("parses the answers in the order of the folders", () => {
    const two = [gitCheckout("/a"), gitCheckout("/b"), gitCheckout("/c")] as const;
    const answer = `none\n\n\n${commit}\nx\nmodified\n\n\nclean\n`;
    expect(parseAll<unknown>(two, answer)).to.deep.equal([
      undefined,
      { commit, origin: "x", modified: true },
      { modified: false },
    ]);
  });

  it("rejects what git does not print, and an answer that is cut", () => {
    for (const wrong of ["", `${commit}\n`, `${commit}\nx\n`, `${commit}\nx\nperhaps\n`, "main\nx\nclean\n"])
      expect(() => parse(gitCheckout("/a"), wrong), wrong).to.throw("unexpected");
    expect(() => gitCheckout("a")).to.throw("is not an absolute path");
  });
});
