import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { path as pathQuery } from "#engine/queries/path.ts";
import { tree } from "#engine/queries/tree.ts";
import { always } from "../../../always.ts";
import { fileName, hostileBytes, linkTarget } from "../../../hostile.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("the query tree", () => {
  const root = temporaryFolder();
  const names = async (folder: string) => [...((await ask([tree(folder)]))[0] ?? []).keys()];

  it("returns everything in a folder with its permissions, digests and targets, and follows no link", async () => {
    const folder = path.join(root, "site");
    mkdirSync(path.join(folder, "a b"), { recursive: true });
    writeFileSync(path.join(folder, "a b/it's"), "text");
    chmodSync(path.join(folder, "a b/it's"), 0o4751);
    symlinkSync("a b", path.join(folder, "link"));
    execFileSync("mkfifo", [path.join(folder, "pipe")]);
    const [found] = await ask([tree(`${folder}/`)]);
    expect([...(found ?? []).keys()]).to.have.members(["", "a b", "a b/it's", "link", "pipe"]);
    expect(found?.get("a b/it's")).to.include({ type: "file", mode: 0o4751, sha256: sha256("text") });
    expect(found?.get("link")).to.include({ type: "link", target: "a b" }).and.not.have.property("sha256");
    expect(found?.get("pipe")).to.include({ type: "other" });
    expect(found?.get("a b")).to.include({ type: "directory", uid: process.getuid?.() });
  });

  it("returns undefined where there is nothing, and one entry for what is no folder", async () => {
    writeFileSync(path.join(root, "file"), "x");
    symlinkSync("site", path.join(root, "to site"));
    const [none, file, link] = await ask(["none", "file", "to site"].map((name) => tree(path.join(root, name))));
    expect(none).to.equal(undefined);
    expect([...(file ?? [])].map(([name, { type }]) => [name, type])).to.deep.equal([["", "file"]]);
    expect([...(link ?? [])].map(([name, { type }]) => [name, type])).to.deep.equal([["", "link"]]);
  });

  it("identifies each name as the query path does", async () => {
    const folder = path.join(root, "site");
    const [found] = await ask([tree(folder)]);
    for (const name of ["", "a b/it's", "link", "pipe"]) {
      const [state] = await ask([pathQuery(path.join(folder, name))]);
      expect(found?.get(name)?.identity, name).to.equal((state as { identity?: string }).identity);
    }
  });

  it("assigns names to each folder that was asked for, also to one within another, and to none that begins alike", async () => {
    for (const name of ["one/in", "one-more"]) mkdirSync(path.join(root, "trees", name), { recursive: true });
    const of = (name: string) => tree(path.join(root, "trees", name));
    const answers = await ask([of("one"), of("one/in"), of("one-more")]);
    expect(answers.map((answer) => [...(answer ?? []).keys()])).to.deep.equal([["", "in"], [""], [""]]);
  });

  it("fails for a folder that cannot be seen", () => {
    const errors = "find: '/srv/closed': Permission denied";
    expect(() => parse(tree("/srv/closed"), errors)).to.throw("/srv/closed cannot be seen (Permission denied)");
  });

  it("rejects a record that is cut", () => {
    expect(() => parse(tree("/a"), "f\x00644\x000\x000\x001\x000\x001.0\0root\0root\0/a\0")).to.throw("unexpected");
  });

  always(
    "knows hostile names for what they are",
    fc.uniqueArray(
      fc.oneof(
        fc.record({ name: fileName, content: hostileBytes }),
        fc.record({ name: fileName, target: linkTarget }),
        fc.record({ name: fileName, target: fc.constantFrom("\n0\n", `${"0".repeat(64)}  /etc/x`, "d\n/other\n") }),
      ),
      { minLength: 1, maxLength: 6, selector: ({ name }) => name },
    ),
    async (entries) => {
      const folder = mkdtempSync(path.join(root, "hostile"));
      for (const one of entries)
        if ("content" in one) writeFileSync(path.join(folder, one.name), one.content);
        else symlinkSync(one.target, path.join(folder, one.name));
      const [found] = await ask([tree(folder)]);
      expect([...(found ?? []).keys()]).to.have.members(["", ...entries.map(({ name }) => name)]);
      for (const one of entries)
        expect(found?.get(one.name)).to.include(
          "content" in one ? { type: "file", sha256: sha256(one.content) } : { type: "link", target: one.target },
        );
      expect(await names(path.join(folder, "none"))).to.deep.equal([]);
    },
    { runs: 40 },
  );
});
