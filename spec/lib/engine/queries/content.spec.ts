import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { content, contentLimit } from "#engine/queries/content.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";

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
      { binary: 4 },
      { binary: contentLimit + 1 },
      "after",
    ]);
  });

  it("fails if a file was written to between reading its size and its bytes", () => {
    const { of } = content("/a");
    const answer = `3\t/a\n${Buffer.from("abcd").toString("base64")}`;
    expect(() => ("parse" in of ? of.parse(answer, ["/a"]) : undefined)).to.throw("changed while it was read");
  });
});
