import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { digest, stampOf, writeStamp } from "#engine/queries/digest.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { needs } from "../needs.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the query digest", () => {
  const folder = temporaryFolder();

  it("hashes a file without a stamp, and returns undefined for links and folders", async () => {
    writeFileSync(`${folder}/a b`, "a");
    writeFileSync(`${folder}/back\\slash `, "b");
    symlinkSync("a b", `${folder}/link`);
    const names = ["a b", "back\\slash ", "link", "none", ""];
    expect(await ask(names.map((name) => digest(`${folder}/${name}`)))).to.deep.equal([
      sha256("a"),
      sha256("b"),
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("never writes", async () => {
    writeFileSync(`${folder}/unstamped`, "a");
    await ask([digest(`${folder}/unstamped`)]);
    expect(existsSync(stampOf(`${folder}/unstamped`))).to.be.false;
  });

  describe("with a stamp", () => {
    const file = `${folder}/it's stamped`;
    const told = "0".repeat(64);
    beforeEach(function () {
      needs(this, "root, as stamps are in /var/lib/kubeplay", process.getuid?.() === 0);
      writeFileSync(file, "content");
      execFileSync("sh", ["-c", writeStamp(file, told)]);
    });
    afterEach(() => rmSync(stampOf(file), { force: true }));

    it("trusts the stamp while the file is unchanged", async () => {
      expect(await ask([digest(file)])).to.deep.equal([told]);
      expect(readFileSync(stampOf(file), "utf8")).to.match(new RegExp(`^${told} \\d+ 7 \\d+\\.\\d+ \\d+\\.\\d+\n$`));
    });

    it("hashes again after a change of the same size", async () => {
      writeFileSync(file, "CONTENT");
      expect(await ask([digest(file)])).to.deep.equal([sha256("CONTENT")]);
    });

    it("hashes again if another file took its place, or the stamp is damaged", async () => {
      rmSync(file);
      writeFileSync(file, "content");
      expect(await ask([digest(file)])).to.deep.equal([sha256("content")]);
      execFileSync("sh", ["-c", writeStamp(file, told)]);
      appendFileSync(stampOf(file), "x");
      writeFileSync(stampOf(file), "");
      expect(await ask([digest(file)])).to.deep.equal([sha256("content")]);
    });
  });
});
