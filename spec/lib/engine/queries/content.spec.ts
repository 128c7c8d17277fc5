import { createHash } from "node:crypto";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { content, contentLimit } from "#engine/queries/content.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

describe("the query content", () => {
  const folder = temporaryFolder();

  it("returns every text unchanged, with any line ends, and undefined for a missing file", async () => {
    const texts = { "a b": "one\ntwo\n", empty: "", "no end": "ü", "it's": "\n\n", tabs: "\t@@\r\n" };
    for (const [name, text] of Object.entries(texts)) writeFileSync(`${folder}/${name}`, text);
    const names = [...Object.keys(texts), "none"];
    expect(await ask(names.map((name) => content(`${folder}/${name}`)))).to.deep.equal([
      ...Object.values(texts),
      undefined,
    ]);
  });

  it("follows links, and returns undefined for a folder", async () => {
    writeFileSync(`${folder}/target`, "text");
    symlinkSync("target", `${folder}/link`);
    symlinkSync("nowhere", `${folder}/dangling`);
    const queries = [content(`${folder}/link`), content(`${folder}/dangling`), content(folder)];
    expect(await ask(queries)).to.deep.equal(["text", undefined, undefined]);
  });

  it("returns only the size of a file that is not text or too large, and still the text of the others", async () => {
    writeFileSync(`${folder}/binary`, Buffer.from([0xff, 0xfe, 0, 1]));
    writeFileSync(`${folder}/large`, "");
    truncateSync(`${folder}/large`, contentLimit + 1);
    writeFileSync(`${folder}/after`, "after");
    expect(await ask(["binary", "large", "after"].map((name) => content(`${folder}/${name}`)))).to.deep.equal([
      { binary: 4, wrong: "byte 1 (0xff) in line 1" },
      { binary: contentLimit + 1 },
      "after",
    ]);
  });

  it("says where a text is not UTF-8", async () => {
    writeFileSync(`${folder}/latin1`, Buffer.from("one\nM\xfcller\n", "latin1"));
    expect(await ask([content(`${folder}/latin1`)])).to.deep.equal([{ binary: 11, wrong: "byte 6 (0xfc) in line 2" }]);
  });

  const answered = (files: Readonly<Record<string, string>>, bytes: string): string =>
    [
      ...Object.entries(files).flatMap(([path, text]) => [String(text.length), path]),
      ...Object.entries(files).map(([path, text]) => `${createHash("sha256").update(text).digest("hex")}  ${path}`),
      "",
      Buffer.from(bytes).toString("base64"),
    ].join("\0");

  it("fails if a file was written to between reading its size and its bytes", () => {
    expect(() => parse(content("/a"), answered({ "/a": "abc" }, "abcd"))).to.throw("/a was changed while it was read");
  });

  it("never takes bytes of one file for another's, although all sizes together are right", () => {
    const files = { "/home/kim/a": "aa", "/etc/b": "bb", "/home/kim/c": "cc" };
    expect(parse(content("/etc/b"), answered(files, "aabbcc"))).to.equal("bb");
    expect(() => parse(content("/etc/b"), answered(files, "aaXbbc"))).to.throw("was changed while it was read");
  });

  it("fails for a file that cannot be seen or read", () => {
    for (const reason of ["find: '/root/a': Permission denied", "sha256sum: /root/a: Permission denied"])
      expect(() => parse(content("/root/a"), `${reason}\0`)).to.throw("/root/a cannot be seen (Permission denied)");
    expect(parse(content("/root/a"), "find: '/root/a': No such file or directory\0")).to.equal(undefined);
  });
});
