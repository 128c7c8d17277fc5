import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../../temporary.ts";
import { Project } from "../project.ts";

describe("the completion of a command line", () => {
  const project = new Project(temporaryFolder());

  before(() => {
    project.write("hosts.yaml", "all: { children: { web: { hosts: { web-1: , web-2: } } } }\n");
    project.write("other.yaml", "all: { hosts: { db-1: } }\n");
    project.role("app", `kubeplay.file("Write", { dest: "/x", content: "" }).tagged("write", "words")`);
    project.role("shop", `kubeplay.file("Sell", { dest: "/y", content: "" }).tagged("sell")`);
  });

  /** The words that are offered, without their descriptions. */
  const offered = (...words: string[]): string[] => {
    const { code, output } = project.play(["complete", "--", ...words]);
    expect(code, output).to.equal(0);
    const lines = output.trim().split("\n");
    expect(lines.pop()).to.match(/^:\d+$/);
    return lines.map((line) => line.split("\t")[0] ?? "");
  };

  it("offers commands and playbooks", () => {
    expect(offered("")).to.include.members(["play", "vault", "inventory", "init", "new", "roles", "app", "shop"]);
    expect(offered("play", "")).to.deep.equal(["app", "shop"]);
    expect(offered("vault", "en")).to.deep.equal(["encrypt", "encrypt_string"]);
    expect(offered("new", "")).to.deep.equal(["role", "playbook", "resource"]);
    expect(offered("roles", "s")).to.deep.equal(["shop"]);
  });

  it("offers the options of the command", () => {
    expect(offered("play", "--ch")).to.deep.equal(["--check"]);
    expect(offered("app", "--diff", "--sk")).to.deep.equal(["--skip-tags"]);
    expect(offered("inventory", "--gr")).to.deep.equal(["--graph"]);
    expect(offered("vault", "view", "--ask")).to.deep.equal(["--ask-vault-pass"]);
  });

  it("offers the tags of the playbook, also after a comma", () => {
    expect(offered("app", "--tags", ""))
      .to.include.members(["app", "words", "write"])
      .and.not.include("sell");
    expect(offered("play", "shop", "-t", "se")).to.deep.equal(["sell"]);
    expect(offered("app", "--tags", "app,wo")).to.deep.equal(["app,words"]);
  });

  it("offers the hosts and groups of the inventory that the line names", () => {
    expect(offered("app", "--limit", "we")).to.deep.equal(["web-1", "web", "web-2"]);
    expect(offered("app", "-i", "other.yaml", "-l", ""))
      .to.include("db-1")
      .and.not.include("web-1");
    expect(offered("inventory", "--host", "web-2")).to.deep.equal(["web-2"]);
  });

  it("offers files where a file is wanted", () => {
    expect(offered("app", "-i", "o")).to.deep.equal(["other.yaml"]);
    expect(offered("app", "-i", "roles/a")).to.deep.equal(["roles/app/"]);
    expect(offered("vault", "view", "hos")).to.deep.equal(["hosts.yaml"]);
  });

  it("offers nothing, without an error, where something cannot be read", () => {
    project.write("broken.yaml", "all: [\n");
    expect(offered("app", "-i", "broken.yaml", "--limit", "")).to.deep.equal([]);
    expect(offered("none", "--tags", "")).to.deep.equal([]);
  });

  it("works in bash by the script that is printed for it", () => {
    const bin = project.at("bin");
    mkdirSync(bin);
    symlinkSync(path.resolve("lib/engine/cli/kubeplay.mjs"), path.join(bin, "kubeplay"));
    // What Debian's package bash-completion defines.
    const script = `
      _get_comp_words_by_ref() { cur=\${COMP_WORDS[COMP_CWORD]}; words=("\${COMP_WORDS[@]}"); }
      compopt() { :; }
      source <(kubeplay completion bash)
      COMP_WORDS=(kubeplay app --tags wo) COMP_CWORD=3
      __kubeplay_complete
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...process.env, NODE_OPTIONS: "", PATH: `${bin}:${process.env.PATH ?? ""}` };
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: project.root, env, encoding: "utf8" });
    expect(stdout.trim(), stderr).to.equal("words");
  });

  it("rejects a shell that it has no script for", () => {
    const { code, output } = project.play(["completion", "csh"]);
    expect(code).to.equal(5);
    expect(output).to.include("Allowed choices are bash, zsh, fish, powershell");
  });
});
