import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { entries, names } from "#engine/queries/entries.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

describe("the query entries", () => {
  const folder = temporaryFolder();

  it("lists the names in each directory, any names, and distinguishes an empty directory from none", async () => {
    for (const name of ["full", "full/below", "empty"]) mkdirSync(`${folder}/${name}`);
    for (const name of ["b", ".a", "with a\ttab", "two\nlines", "below/not this"])
      writeFileSync(`${folder}/full/${name}`, "");
    writeFileSync(`${folder}/file`, "");
    symlinkSync("full", `${folder}/link`);
    const [full, empty, none, file, link] = await ask(
      ["full", "empty", "none", "file", "link"].map((name) => entries(`${folder}/${name}`)),
    );
    expect(full).to.deep.equal([".a", "b", "below", "two\nlines", "with a\ttab"]);
    expect(link).to.deep.equal(full);
    expect(empty).to.deep.equal([]);
    expect([none, file]).to.deep.equal([undefined, undefined]);
  });

  it("is also asked again after each change, as names", async () => {
    mkdirSync(`${folder}/afresh`);
    expect(await ask([names(`${folder}/afresh`)])).to.deep.equal([[]]);
    writeFileSync(`${folder}/afresh/new`, "");
    expect(await ask([names(`${folder}/afresh`)])).to.deep.equal([["new"]]);
    expect([entries("/a"), names("/a")].map(({ of }) => of.volatile)).to.deep.equal([undefined, true]);
  });

  it("fails for a directory that cannot be read: it is not empty for that", () => {
    const answer = "d\t/root/x\t\0find: '/root/x': Permission denied\n";
    expect(() => parse(entries("/root/x"), answer)).to.throw("/root/x cannot be seen (Permission denied)");
  });
});
