import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { authorizedKeysOf } from "#engine/queries/authorized-keys.ts";
import { pathFunctions } from "#engine/shell/paths.ts";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../temporary.ts";
import { parse, parseAll } from "./parse.ts";

const inBase64 = (text: string, encoding: "utf8" | "latin1" = "utf8") => Buffer.from(text, encoding).toString("base64");
const identity = "f 600 1000 1000 7 12 3.5";

describe("the query authorized keys", () => {
  it("returns the text and what identified the file, in the order of the users", () => {
    const asked = ["ada", "eve", "kim"].map(authorizedKeysOf) as [ReturnType<typeof authorizedKeysOf>];
    const answer = `file ${inBase64("# ü\nkey\n")} ${identity}\nabsent\nfile  ${identity}\n`;
    expect(parseAll<unknown>(asked, answer)).to.deep.equal([
      { text: "# ü\nkey\n", identity },
      undefined,
      { text: "", identity },
    ]);
  });

  it("names the file, the line and the byte that is not UTF-8", () => {
    const answer = `file ${inBase64("key one\nkey Müller\n", "latin1")} ${identity}\n`;
    expect(() => parse(authorizedKeysOf("ada"), answer)).to.throw(
      "~ada/.ssh/authorized_keys:2: byte 14 (0xfc) is not UTF-8: convert the file, for example with iconv",
    );
  });

  it("refuses a link and what is not a file", () => {
    expect(() => parse(authorizedKeysOf("ada"), "link\n")).to.throw("~ada/.ssh/authorized_keys is a link");
    expect(() => parse(authorizedKeysOf("ada"), "other\n")).to.throw("is not a file, expected a file");
  });

  it("rejects an answer that a host does not give", () => {
    for (const line of ["", "file", "file AAAA", `file A* ${identity}`, "file AAAA l 7 3.5", "yes"])
      expect(() => parse(authorizedKeysOf("ada"), `${line}\n`), line).to.throw("unexpected");
  });

  describe("of a user of this machine", () => {
    const root = temporaryFolder();
    const home = path.join(root, "home");
    const file = path.join(home, ".ssh/authorized_keys");
    /** The accounts of a mount namespace of its own are those of a file. */
    const asked = () => {
      const query = authorizedKeysOf("kp-specs");
      if (!("ask" in query.of)) throw new Error("it is asked of the host");
      const script = `mount --bind ${quote(path.join(root, "passwd"))} /etc/passwd && ${pathFunctions}\n${query.of.ask([query.key])}`;
      return parse(query, execFileSync("unshare", ["-m", "sh", "-c", script], { encoding: "utf8" }));
    };

    before(function () {
      writeFileSync(path.join(root, "passwd"), `kp-specs:x:4711:4711::${home}:/bin/sh\n`);
      if (spawnSync("unshare", ["-m", "true"]).status === 0) return;
      console.log("      skipped: only root can make a mount namespace");
      this.skip();
    });
    beforeEach(() => {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(path.join(home, ".ssh"), { recursive: true });
      for (const folder of [home, path.join(home, ".ssh")]) chownSync(folder, 4711, 4711);
    });

    it("is read with what identifies it, and is absent without a home, a folder or a file", () => {
      expect(asked()).to.equal(undefined);
      writeFileSync(file, "it's a key\n");
      const find = ["-maxdepth", "0", "-printf", "%y %m %U %G %i %s %T@"];
      expect(asked()).to.deep.equal({
        text: "it's a key\n",
        identity: execFileSync("find", [file, ...find], { encoding: "utf8" }),
      });
      rmSync(path.join(home, ".ssh"), { recursive: true });
      expect(asked()).to.equal(undefined);
      rmSync(home, { recursive: true });
      expect(asked()).to.equal(undefined);
    });

    it("is not followed if it is a link, nor is its folder, and a pipe is not waited for", () => {
      writeFileSync(path.join(root, "authorized_keys"), "secret\n");
      symlinkSync(path.join(root, "authorized_keys"), file);
      expect(asked).to.throw("is a link, expected a file");
      rmSync(file);
      execFileSync("mkfifo", [file]);
      expect(asked).to.throw("is not a file, expected a file");
      renameSync(path.join(home, ".ssh"), path.join(home, "away"));
      symlinkSync(root, path.join(home, ".ssh"));
      expect(asked()).to.equal(undefined);
    });
  });
});
