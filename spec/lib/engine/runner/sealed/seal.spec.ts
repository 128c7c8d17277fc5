import { expect } from "chai";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Seal } from "#engine/runner/sealed/seal.ts";
import { clear, folder } from "../stage.ts";

describe("a project's seal", () => {
  after(clear);

  it("has one key, made at its first use, that only its owner may read", () => {
    const root = folder();
    const digest = Seal.of(root).digest("query", { a: 1 });
    expect(readdirSync(path.join(root, ".kubeplay")), "nothing is left beside it").to.deep.equal(["seal.key"]);
    expect(statSync(path.join(root, ".kubeplay", "seal.key")).mode & 0o777).to.equal(0o600);
    expect(Seal.of(root).digest("query", { a: 1 })).to.equal(digest);
    expect(Seal.of(folder()).digest("query", { a: 1 }), "another project's").not.to.equal(digest);
  });

  it("fits the same value for the same use, in any order of its properties, and nothing else", () => {
    const seal = Seal.of(folder());
    const digest = seal.digest("query", { a: 1, b: [2] });
    expect(seal.fits(digest, "query", { b: [2], a: 1 })).to.equal(true);
    expect(seal.fits(digest, "answer", { a: 1, b: [2] })).to.equal(false);
    expect(seal.fits(digest, "query", { a: 1, b: [3] })).to.equal(false);
    for (const other of ["", "x", digest.slice(1), `${digest}A`])
      expect(seal.fits(other, "query", { a: 1, b: [2] })).to.equal(false);
  });

  it("refuses a damaged key, and leaves it as it is", () => {
    const root = folder();
    const file = path.join(root, ".kubeplay", "seal.key");
    mkdirSync(path.dirname(file));
    for (const text of ["", "abc", "g".repeat(64), "0".repeat(65), `x${"0".repeat(64)}`]) {
      writeFileSync(file, text);
      expect(() => Seal.of(root), text).to.throw("is damaged, expected 64 hexadecimal digits: delete it");
      expect(readFileSync(file, "utf8")).to.equal(text);
    }
    writeFileSync(file, `${"0".repeat(64)}\n`);
    expect(() => Seal.of(root)).not.to.throw();
  });
});
