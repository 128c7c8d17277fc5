import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { listing, listOf, unpacked } from "#engine/queries/unpacked.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

const sha256 = "0123456789abcdef".repeat(4);

describe("the query unpacked archive", () => {
  const root = temporaryFolder();
  const folder = path.join(root, "app");
  const marker = path.join(folder, ".kubeplay-archive");
  const asked = async () => (await ask([unpacked(marker)]))[0];
  /** As the resource archive leaves a folder. */
  const unpack = (...names: readonly string[]): void => {
    const list = names.map((name) => `./${name}\0`).join("");
    writeFileSync(listOf(marker), list);
    const digest = execFileSync("sh", ["-c", listing], { cwd: folder, input: list, encoding: "utf8" });
    writeFileSync(marker, `${sha256}\n${digest}`);
  };

  const link = (target: string, name: string): void => {
    rmSync(name);
    symlinkSync(target, name);
  };

  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(path.join(folder, "deep"), { recursive: true });
    writeFileSync(path.join(folder, "deep/it's\na file"), "text");
    symlinkSync("deep", path.join(folder, "link"));
    unpack("deep", "deep/it's\na file", "link");
  });

  it("returns the digest of the archive, and that its files are intact", async () => {
    expect(await asked()).to.deep.equal({ sha256, intact: true });
  });

  it("notices a file that was written to, removed, or replaced by something else", async () => {
    const file = path.join(folder, "deep/it's\na file");
    const changes: Readonly<Record<string, () => void>> = {
      written: () => writeFileSync(file, "texts"),
      removed: () => rmSync(file),
      replaced: () => link("/", file),
      "another target": () => link("..", path.join(folder, "link")),
      "no list": () => rmSync(listOf(marker)),
    };
    for (const [name, change] of Object.entries(changes)) {
      expect(await asked(), name).to.include({ intact: true });
      change();
      expect(await asked(), name).to.deep.equal({ sha256, intact: false });
      rmSync(folder, { recursive: true });
      mkdirSync(path.join(folder, "deep"), { recursive: true });
      writeFileSync(file, "text");
      symlinkSync("deep", path.join(folder, "link"));
      unpack("deep", "deep/it's\na file", "link");
    }
  });

  it("compares only the digest if the files are not listed", async () => {
    writeFileSync(marker, `${sha256}\n`);
    rmSync(path.join(folder, "deep"), { recursive: true });
    expect(await asked()).to.deep.equal({ sha256, intact: true });
  });

  it("returns undefined without a marker, and waits for no pipe in its place", async () => {
    rmSync(marker);
    expect(await asked()).to.equal(undefined);
    execFileSync("mkfifo", [marker]);
    expect(await asked()).to.equal(undefined);
    rmSync(marker);
    renameSync(listOf(marker), marker);
    const answer = await asked();
    expect(answer?.sha256).to.not.equal(sha256);
  });

  it("takes no text of a marker for the answer about another", async () => {
    writeFileSync(marker, `yes\0${sha256} yes\0\n`);
    const other = path.join(root, "other/.kubeplay-archive");
    const [, second] = await ask([unpacked(marker), unpacked(other)]);
    expect(second).to.equal(undefined);
  });

  it("rejects an answer that is cut", () => {
    for (const cut of ["", "x", `${sha256}\0`, `${sha256} perhaps\0`, `${sha256} yes\0${sha256} yes\0`])
      expect(() => parse(unpacked("/a"), cut), cut).to.throw("unexpected");
  });
});
