import { expect } from "chai";
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TaskError } from "#engine/errors.ts";
import { found, type Search } from "#engine/queries/found.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";

describe("what is found below a folder", () => {
  const root = temporaryFolder();
  const search = (more: Partial<Search> = {}) => found({ path: root, type: "any", depth: 1, ...more });
  const namesOf = async (...searches: Parameters<typeof search>[0][]) =>
    (await ask(searches.map(search))).map((entries) => (entries ?? []).map(({ path: at }) => path.relative(root, at)));

  before(() => {
    mkdirSync(`${root}/in/deep`, { recursive: true });
    writeFileSync(`${root}/it's a\tname\n`, "12345");
    writeFileSync(`${root}/in/deep/old`, "");
    utimesSync(`${root}/in/deep/old`, 1000.5, 1000.5);
    chmodSync(`${root}/in/deep/old`, 0o604);
    symlinkSync("/etc", `${root}/link`);
  });

  it("is of a kind, of an age, of a size and of a depth", async () => {
    const odd = "it's a\tname\n";
    expect(
      await namesOf(
        {},
        { type: "file", depth: 3 },
        { type: "directory", depth: 9 },
        { type: "link", depth: 9 },
        { type: "file", depth: 3, olderThan: 3600 },
        { type: "file", depth: 3, largerThan: 5 },
        { type: "file", depth: 3, largerThan: 6 },
        { path: `${root}/none` },
      ),
    ).to.deep.equal([
      ["in", odd, "link"],
      ["in/deep/old", odd],
      ["in", "in/deep"],
      ["link"],
      ["in/deep/old"],
      [odd],
      [],
      [],
    ]);
  });

  it("has its permissions, its size and its time", async () => {
    const [[old] = []] = await ask([search({ type: "file", depth: 3, olderThan: 3600 })]);
    expect(old).to.include({ path: `${root}/in/deep/old`, type: "file", mode: 0o604, size: 0, modified: 1000.5 });
    expect(old?.owner).to.be.a("string");
  });

  it("is an error where it cannot be seen", () => {
    const { of, key } = search();
    if (!("parse" in of)) throw new Error("it asks the controller");
    const answers = of.parse(`find: '${root}/in': Permission denied\0=\0`, [key]);
    expect(answers.get(key)).to.be.instanceOf(TaskError).and.property("message").include(`${root} cannot be seen`);
  });
});
