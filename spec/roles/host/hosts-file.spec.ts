import { createHash } from "node:crypto";
import { expect } from "chai";
import { hostsFile, withNames } from "#roles/host/hosts-file.ts";
import { asked, subject } from "../../lib/engine/resources/one-resource.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const known = [
  { name: "a", address: "10.0.0.11" },
  { name: "b", address: "10.0.0.12" },
];
const edited = (...lines: string[]): string[] =>
  withNames(lines.map((line) => `${line}\n`).join(""), { known, own: "a" })
    .trimEnd()
    .split("\n");

describe("the hosts in /etc/hosts", () => {
  it("are added after the existing lines", () => {
    expect(edited("127.0.0.1\tlocalhost", "", "# mine", "10.0.0.12 db.example.org")).to.deep.equal([
      "127.0.0.1\tlocalhost",
      "",
      "# mine",
      "10.0.0.12 db.example.org",
      "10.0.0.11 a",
      "10.0.0.12 b",
    ]);
    expect(edited()).to.deep.equal(["10.0.0.11 a", "10.0.0.12 b"]);
  });

  it("are left alone if they exist, also among other names and before a comment", () => {
    const lines = ["10.0.0.11\ta.example.org  a", "  10.0.0.12 b db # the second"];
    expect(edited(...lines)).to.deep.equal(lines);
  });

  it("lose wrong addresses, and no other name is lost", () => {
    expect(edited("10.9.9.9  a db.example.org\tmail # old", "10.9.9.8 b", "10.0.0.11 a", "10.0.0.12 b")).to.deep.equal([
      "10.9.9.9 db.example.org\tmail # old",
      "10.0.0.11 a",
      "10.0.0.12 b",
    ]);
    expect(edited("127.0.0.1 localhost a a", "10.9.9.8 b b", "10.0.0.12 b")).to.deep.equal([
      "127.0.0.1 localhost",
      "10.0.0.12 b",
      "10.0.0.11 a",
    ]);
  });

  it("keep the name with a domain that Debian writes for the host itself", () => {
    expect(edited("127.0.1.1\ta.example.org\ta", "10.0.0.12 b")).to.deep.equal([
      "10.0.0.11\ta.example.org\ta",
      "10.0.0.12 b",
    ]);
  });

  it("are not confused with names that begin or end alike, or with lines of IPv6", () => {
    const lines = ["10.9.9.9 aa a.b xa", "fe80::1 a b", "#10.9.9.9 a"];
    expect(edited(...lines).slice(0, 3)).to.deep.equal(lines);
  });

  it("do not change when they are written again", () => {
    const once = withNames("127.0.1.1 a\n127.0.0.1 localhost b", { known, own: "a" });
    expect(withNames(once, { known, own: "a" })).to.equal(once);
  });
});

describe("the resource hosts file", () => {
  const at = (inPlace: boolean) => subject(hostsFile("Know them", { known: known.slice(0, 1), own: "b", inPlace }));
  const now = { path: { type: "file", mode: 0o640, owner: "root", group: "adm" }, text: "127.0.0.1 localhost\n" };
  const after = "127.0.0.1 localhost\n10.0.0.11 a\n";

  it("replaces the file and keeps its mode", () => {
    expect(asked(at(false))).to.deep.equal(["path /etc/hosts", "content /etc/hosts"]);
    expect(at(false).diff(now)).to.deep.equal([{ what: "names", before: now.text, after }]);
    expect(at(false).steps(now)).to.deep.equal([
      { upload: after, to: "/etc/hosts", mode: 0o640, owner: "root", group: "adm", edits: sha256(now.text) },
    ]);
    expect(at(false).diff(at(false).forecast(now))).to.deep.equal([]);
  });

  it("writes into a file that is a mount", () => {
    expect(at(true).steps(now)).to.deep.equal([{ ...(at(false).steps(now)[0] as object), inPlace: true }]);
  });

  it("fails for a text that is not that of the file, or not UTF-8", () => {
    const other = { ...now, path: { ...now.path, sha256: "0".repeat(64) } };
    expect(() => at(false).diff(other)).to.throw("/etc/hosts was changed while it was read");
    const text = { binary: 9, wrong: "byte 7 (0xfc) in line 2" };
    expect(() => at(false).diff({ ...now, text })).to.throw("/etc/hosts is not text: byte 7 (0xfc) in line 2");
  });

  it("fails for a link and names its target", () => {
    expect(() => at(false).diff({ ...now, path: { type: "link", target: "/run/hosts" } })).to.throw("/run/hosts");
  });
});
