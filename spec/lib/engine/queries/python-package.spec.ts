import { expect } from "chai";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { pythonPackage } from "#engine/queries/python-package.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parseAll } from "./parse.ts";

describe("the query python package", () => {
  it("reads versions from the names of folders, whatever the packages are called", async () => {
    const [venv, other] = [`${temporaryFolder()}/it's "a" venv`, temporaryFolder()];
    const site = `${venv}/lib/python3.13/site-packages`;
    for (const name of ["Flask_SQL.Alchemy-3.1.1", "a-1.0.post1", "b\nc-1", "half"])
      mkdirSync(`${site}/${name}.dist-info`, { recursive: true });
    writeFileSync(`${site}/file-1.dist-info`, "");
    symlinkSync("nowhere", `${site}/link-1.dist-info`);
    const asked = ["flask-sql_alchemy", "A", "c", "half", "file", "link"].map((name) => pythonPackage(venv, name));
    expect(await ask([...asked, pythonPackage(other, "a")])).to.deep.equal([
      ...["3.1.1", "1.0.post1", undefined, undefined, undefined, undefined],
      undefined,
    ]);
  });

  it("does not mix up environments", () => {
    const [one, two, none] = ["/one", "/two", "/none"].map((venv) => pythonPackage(venv, "a"));
    if (!one || !two || !none) throw new Error("they are three");
    expect(parseAll([one, two, none], "a-1.dist-info\0b-1.dist-info\0\0a-2.dist-info\0\0\0")).to.deep.equal([
      ...["1", "2", undefined],
    ]);
    expect(() => parseAll([one, two], "a-1.dist-info\0\0")).to.throw("unexpected");
  });
});
