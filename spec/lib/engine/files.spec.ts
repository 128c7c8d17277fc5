import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { TaskError } from "#engine/errors.ts";
import { fileNameOf, writeWhole } from "#engine/files.ts";
import { always } from "../../always.ts";
import { hostileText } from "../../hostile.ts";
import { temporaryFolder } from "./temporary.ts";

describe("a file on the controller", () => {
  const folder = temporaryFolder();

  always(
    "has a name that is one name in its folder, and another one for another text",
    fc.tuple(hostileText, hostileText),
    ([one, other]) => {
      const name = fileNameOf(one);
      expect(name)
        .to.match(/^[\w%!~*'().-]{1,200}$/)
        .and.not.match(/^\.\.?$/);
      expect(path.join(folder, name)).to.equal(`${folder}/${name}`);
      if (one !== other) expect(fileNameOf(other)).not.to.equal(name);
    },
  );

  it("has the text itself as its name if it can", () => {
    expect(["node-1", "a.b", "..", "../x", ""].map(fileNameOf).slice(0, 4)).to.deep.equal([
      "node-1",
      "a.b",
      "%2E%2E",
      "..%2Fx",
    ]);
  });

  it("is written with its missing folders, and with the given mode regardless of the umask", async () => {
    const file = path.join(folder, "new", "deep", "a.json");
    const mask = process.umask(0o077);
    await writeWhole(file, "text").finally(() => process.umask(mask));
    expect(statSync(file).mode & 0o777).to.equal(0o644);
    expect(readFileSync(file, "utf8")).to.equal("text");
  });

  it("replaces the old one atomically: a program that has the old one open continues to read it", async () => {
    const file = path.join(folder, "b.json");
    writeFileSync(file, "old");
    const { ino } = statSync(file);
    await writeWhole(file, "new");
    expect(readFileSync(file, "utf8")).to.equal("new");
    expect(statSync(file).ino).to.not.equal(ino);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).to.deep.equal([]);
  });

  it("that cannot be written is named in the error, and leaves no partial file", async () => {
    const file = path.join(folder, "taken", "c.json");
    mkdirSync(path.join(file, "in the way"), { recursive: true });
    const error: unknown = await writeWhole(file, "text").catch((error: unknown) => error);
    expect(error).to.be.instanceOf(TaskError);
    expect(String(error)).to.contain(`${file} could not be written`);
    expect(readdirSync(path.dirname(file))).to.deep.equal(["c.json"]);
  });
});
