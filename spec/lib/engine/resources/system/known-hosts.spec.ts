import { createHmac } from "node:crypto";
import { expect } from "chai";
import { knownHosts } from "kubeplay";
import { edits } from "../files/edits.ts";
import { subject } from "../one-resource.ts";

const key = (letter: string, type = "ssh-ed25519") => `${type} AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`;
const path = "/etc/ssh/ssh_known_hosts";
const hashed = (name: string) => {
  const salt = Buffer.from("01234567890123456789");
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
};

describe("the resource knownHosts", () => {
  const git = (keys = [key("a")], more = {}) => knownHosts("k", { name: "git.example.org", keys, ...more });

  const table: readonly [string, string, string][] = [
    ["adds a key at the end", "", `git.example.org ${key("a")}\n`],
    [
      "keeps its line, with a comment and in other letters",
      `GIT.example.org ${key("a")} it\n`,
      `GIT.example.org ${key("a")} it\n`,
    ],
    [
      "replaces another key, also of another type",
      `git.example.org ${key("b", "ssh-rsa")}\n`,
      `git.example.org ${key("a")}\n`,
    ],
    [
      "replaces a hashed name",
      `${hashed("git.example.org")} ${key("b")}\nx ${key("b")}\n`,
      `x ${key("b")}\ngit.example.org ${key("a")}\n`,
    ],
    [
      "takes its name from a line for others",
      `a,git.example.org,b ${key("b")} c\n`,
      `a,b ${key("b")} c\ngit.example.org ${key("a")}\n`,
    ],
    [
      "keeps one of two equal lines",
      `git.example.org ${key("a")}\ngit.example.org ${key("a")}\n`,
      `git.example.org ${key("a")}\n`,
    ],
    [
      "keeps other hosts, authorities, revoked keys and comments",
      `# git.example.org\n@revoked git.example.org ${key("z")}\n@cert-authority * ${key("y")}\n*.example.org ${key("x")}\n${hashed("a")} ${key("b")}\n`,
      `# git.example.org\n@revoked git.example.org ${key("z")}\n@cert-authority * ${key("y")}\n*.example.org ${key("x")}\n${hashed("a")} ${key("b")}\ngit.example.org ${key("a")}\n`,
    ],
  ];
  for (const [name, before, after] of table)
    it(name, () => {
      edits(git(), before, after);
    });

  it("removes all keys of a host", () => {
    edits(
      git([], { state: "absent" }),
      `git.example.org ${key("a")}\nx,git.example.org ${key("b")}\n`,
      `x ${key("b")}\n`,
    );
    edits(git([], { state: "absent" }), `x ${key("b")}\n`, `x ${key("b")}\n`);
  });

  it("makes the file of the system, or has another", () => {
    const now = { path: { type: "absent" }, content: undefined };
    expect(subject(git()).steps(now)[0]).to.include({ to: path, mode: 0o644, upload: `git.example.org ${key("a")}\n` });
    expect(subject(git([key("a")], { path: "/home/ada/.ssh/known_hosts" })).label).to.equal(
      "/home/ada/.ssh/known_hosts",
    );
  });

  it("refuses what is no name and no key", () => {
    const make = (more: object) => () => subject(git([key("a")], more));
    for (const name of ["a b", "*.org", "a,b", "|1|x", "", "#a", "[a]", "@revoked", "@[a]:1"])
      expect(make({ name }), name).to.throw("is not the name of a host");
    expect(make({ name: "[git.example.org]:2222" })).not.to.throw();
    expect(make({ keys: [`git.example.org ${key("a")}`] })).to.throw("is not a public key");
    expect(make({ keys: [`${key("a")}\nx`] })).to.throw("is not a public key");
    expect(make({ keys: [] })).to.throw("knownHosts requires keys");
  });
});
