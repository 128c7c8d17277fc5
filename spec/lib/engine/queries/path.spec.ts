import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { userInfo } from "node:os";
import { expect } from "chai";
import { hashLimit, path } from "#engine/queries/path.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the query path", () => {
  const folder = temporaryFolder();
  const { username, uid } = userInfo();

  it("distinguishes files that exist and files that do not, for names that need quoting in a shell", async () => {
    const names = ["plain", "with space", "it's", 'a "quote"', "$HOME", "back\\slash", "-n", "ünï", "star*", " end "];
    for (const name of names) writeFileSync(`${folder}/${name}`, name, { mode: 0o640 });
    const states = await ask([...names, "none", "star?"].map((name) => path(`${folder}/${name}`)));
    names.forEach((name, index) => {
      expect(states[index], name).to.include({ type: "file", mode: 0o640, owner: username, uid, sha256: sha256(name) });
      expect(states[index], name).to.include({ size: Buffer.byteLength(name) });
    });
    expect(states.slice(names.length)).to.deep.equal([{ type: "absent" }, { type: "absent" }]);
  });

  it("answers if none of the paths exists", async () => {
    expect(await ask([path(`${folder}/none`)])).to.deep.equal([{ type: "absent" }]);
  });

  it("returns the special bits of directories, and ignores a trailing slash", async () => {
    mkdirSync(`${folder}/directory`);
    chmodSync(`${folder}/directory`, 0o2750);
    const [state] = await ask([path(`${folder}//directory/`)]);
    expect(state).to.include({ type: "directory", mode: 0o2750, owner: username });
  });

  it("does not follow links, but returns whether they lead to a directory", async () => {
    mkdirSync(`${folder}/real`);
    symlinkSync("real", `${folder}/to directory`);
    symlinkSync("no where", `${folder}/dangling`);
    const [real, dangling] = await ask([path(`${folder}/to directory`), path(`${folder}/dangling`)]);
    expect(real).to.include({ type: "link", target: "real", toDirectory: true });
    expect(dangling).to.include({ type: "link", target: "no where", toDirectory: false });
  });

  it("hashes files up to the limit and not beyond", async () => {
    for (const [name, size] of [
      ["at", hashLimit],
      ["over", hashLimit + 1],
    ] as const) {
      writeFileSync(`${folder}/${name}`, "");
      truncateSync(`${folder}/${name}`, size);
    }
    const [at, over] = await ask([path(`${folder}/at`), path(`${folder}/over`)]);
    expect(at)
      .to.include({ size: hashLimit })
      .and.to.have.property("sha256")
      .that.matches(/^[0-9a-f]{64}$/);
    expect(over)
      .to.include({ size: hashLimit + 1 })
      .and.not.to.have.property("sha256");
  });

  it("calls a socket other", async () => {
    const server = createServer();
    await new Promise<Server>((resolve) => server.listen(`${folder}/socket`, () => resolve(server)));
    const [socket] = await ask([path(`${folder}/socket`)]).finally(() => server.close());
    expect(socket).to.include({ type: "other" });
  });

  it("cannot be told of another path by the target of a link", async () => {
    const forged = `f\0f\x00644\x000\x000\x001\x003\x001\0root\0root\0${folder}/none\0`.replaceAll("\0", "\n");
    symlinkSync(`x\nff 644 root 0 root 0 3\t${folder}/none\t\n${forged}`, `${folder}/forger`);
    const [link, none] = await ask([path(`${folder}/forger`), path(`${folder}/none`)]);
    expect(link).to.include({ type: "link" });
    expect(none).to.deep.equal({ type: "absent" });
  });

  it("identifies a file's content and permissions, and a folder apart from what is in it", async () => {
    const identity = async (name: string) => {
      const [state] = await ask([path(`${folder}/${name}`)]);
      return state && "identity" in state ? state.identity : undefined;
    };
    mkdirSync(`${folder}/same`);
    writeFileSync(`${folder}/same/file`, "a");
    const [was, wasFolder] = [await identity("same/file"), await identity("same")];
    expect(await identity("same/file")).to.equal(was);
    writeFileSync(`${folder}/same/file`, "b");
    writeFileSync(`${folder}/same/other`, "");
    expect(await identity("same/file")).not.to.equal(was);
    expect(await identity("same")).to.equal(wasFolder);
    chmodSync(`${folder}/same`, 0o700);
    expect(await identity("same")).not.to.equal(wasFolder);
  });

  it("fails for a path that cannot be seen: it may be there", () => {
    expect(() => parse(path("/root/secret"), "find: '/root/secret': Permission denied\n")).to.throw(
      "/root/secret cannot be seen (Permission denied): do the task as a user who may, with become",
    );
    expect(() => parse(path("/root/it's"), "find: '/root/it\\'s': Permission denied\n")).to.throw("cannot be seen");
    for (const reason of ["No such file or directory", "Not a directory"])
      expect(parse(path("/a/b"), `find: '/a/b': ${reason}\n`)).to.deep.equal({ type: "absent" });
    expect(parse(path("/a/b"), "find: Failed to restore initial working directory: /x: Permission denied")).to.include({
      type: "absent",
    });
  });

  it("fails only for the path that cannot be seen, whatever its name", () => {
    for (const [name, written] of [
      ["/root/ä", String.raw`/root/\303\244`],
      ["/root/a\x07", String.raw`/root/a\a`],
      ["/root/a\x01", String.raw`/root/a\001`],
      ["/root/a\\b", String.raw`/root/a\\b`],
      ["/root/it's", String.raw`/root/it\'s`],
    ] as const) {
      const both = [path(name), path("/root/none")];
      const error = `find: '${written}': Permission denied\nfind: '/root/none': No such file or directory\n`;
      const { of } = path(name);
      if (!("parse" in of)) throw new Error("asked on hosts");
      const states = of.parse(
        error,
        both.map(({ key }) => key),
      );
      expect(states.get(name), name)
        .to.have.property("message")
        .that.includes(`${name} cannot be seen (Permission denied)`);
      expect(states.get("/root/none")).to.deep.equal({ type: "absent" });
    }
  });

  it("drops slashes and dots that programs would follow a link for", () => {
    expect(["/a//b/", "/a/./b/.", "//a/b"].map((name) => path(name).key)).to.deep.equal(Array(3).fill("/a/b"));
    expect(path("//").key).to.equal("/");
    expect(() => path("/a/../b")).to.throw('contains "..", whose meaning depends on links');
  });

  it("rejects relative paths and names that would make the answer ambiguous", () => {
    expect(() => path("etc/hosts")).to.throw('"etc/hosts" is not an absolute path');
    expect(() => path("/a\nb")).to.throw("cannot contain a tab, a line end or NUL");
  });

  it("asks for a hundred paths with one find", () => {
    const script = "ask" in path("/a").of ? path("/a").of : undefined;
    const asked =
      script && "ask" in script ? script.ask(Array.from({ length: 100 }, (_, n) => `/etc/${String(n)}`)) : "";
    expect(asked.match(/\bfind\b/g)).to.have.length(1);
    expect(asked.match(/sha256sum/g)).to.have.length(1);
  });
});
