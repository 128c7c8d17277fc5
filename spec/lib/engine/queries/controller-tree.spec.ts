import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { controllerTree } from "#engine/queries/controller-tree.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";

describe("the query controller tree", () => {
  const root = temporaryFolder();

  it("returns files with their digests, folders and links in the order of their names, and leaves pipes out", async () => {
    mkdirSync(path.join(root, "site/a b/empty"), { recursive: true });
    writeFileSync(path.join(root, "site/a b/run"), "x");
    chmodSync(path.join(root, "site/a b/run"), 0o750);
    writeFileSync(path.join(root, "site/index"), "");
    symlinkSync("a b", path.join(root, "site/link"));
    execFileSync("mkfifo", [path.join(root, "site/pipe")]);
    const [found] = await ask([controllerTree(path.join(root, "site"))]);
    const file = (text: string, executable: boolean) => ({
      ...{ type: "file", executable, sha256: createHash("sha256").update(text).digest("hex") },
    });
    expect([...(found ?? [])]).to.deep.equal([
      ["a b", { type: "directory" }],
      ["a b/empty", { type: "directory" }],
      ["a b/run", file("x", true)],
      ["index", file("", false)],
      ["link", { type: "link", target: "a b" }],
    ]);
  });

  it("returns undefined where there is no folder", async () => {
    const places = ["none", "site/index", "site/index/in"].map((name) => controllerTree(path.join(root, name)));
    expect(await ask(places)).to.deep.equal([undefined, undefined, undefined]);
  });
});
