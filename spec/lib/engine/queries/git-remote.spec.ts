import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { expect } from "chai";
import { gitRemote } from "#engine/queries/git-remote.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parse, parseAll } from "./parse.ts";

const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(40)) as [string, string, string];

describe("the query git remote", () => {
  const root = temporaryFolder();
  const repo = `${root}/app`;
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", repo, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      encoding: "utf8",
    }).trim();

  before(() => {
    mkdirSync(repo);
    git("init", "-q", "-b", "main");
    git("commit", "-q", "--allow-empty", "-m", "one");
    git("tag", "light");
    git("tag", "-m", "of two", "heavy");
    git("commit", "-q", "--allow-empty", "-m", "two");
    git("tag", "main-not");
  });

  it("returns the commit of a branch, of a tag, of a tag with a message, and of the default branch", async () => {
    const [first, second] = [git("rev-parse", "HEAD~"), git("rev-parse", "HEAD")];
    const versions = ["main", "light", "heavy", "HEAD", "none"].map((version) => gitRemote(repo, version));
    expect(await ask(versions)).to.deep.equal([second, first, first, second, undefined]);
  });

  it("names a repository that cannot be asked, with git's own words", async () => {
    const failure = await ask([gitRemote(`${root}/none`, "main")]).catch(String);
    expect(failure)
      .to.include(`${root}/none cannot be asked for main: `)
      .and.match(/repository|exist/);
  });

  it("takes no repository for an option or a command", async () => {
    const made = `${root.replaceAll("'", "")}-owned`;
    for (const hostile of [`--upload-pack=touch ${made}`, `$(touch ${made})`, `'; touch ${made}; '`])
      expect(await ask([gitRemote(hostile, "main")]).catch(String)).to.include("cannot be asked for main");
    expect(await ask([gitRemote(repo, "$(touch x)")])).to.deep.equal([undefined]);
    expect(() => execFileSync("ls", [made], { stdio: "pipe" })).to.throw("No such file");
  });

  it("prefers a branch to a tag, and the commit of a tag to the tag itself", () => {
    const refs = (...found: readonly (readonly [string, string])[]): string =>
      `refs ${found.map(([commit, ref]) => `${commit}\t${ref}`).join("|")}\n`;
    const [query] = [gitRemote("r", "v")];
    expect(parse(query, refs([one, "refs/heads/v"], [two, "refs/tags/v"], [three, "refs/tags/v^{}"]))).to.equal(one);
    expect(parse(query, refs([two, "refs/tags/v"], [three, "refs/tags/v^{}"]))).to.equal(three);
    expect(parse(query, refs([one, "refs/heads/x/refs/heads/v"]))).to.equal(undefined);
    expect(parse(query, "refs \n")).to.equal(undefined);
  });

  it("says that git is missing, and rejects an answer that is cut", () => {
    expect(() => parse(gitRemote("r", "v"), "no git\n")).to.throw("git is not installed: add a packages task");
    expect(() => parse(gitRemote("r", "v"), "")).to.throw("unexpected");
    const both = [gitRemote("r", "v"), gitRemote("r", "w")] as const;
    expect(() => parseAll(both, "refs \n")).to.throw("unexpected");
  });
});
