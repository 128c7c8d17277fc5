import { execFile } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { temporaryFolder } from "./engine/temporary.ts";

const run = promisify(execFile);
const repository = path.join(import.meta.dirname, "../..");

describe("a run of specs", () => {
  const folder = temporaryFolder();

  for (const [what, pattern] of [
    ["that `-g` leaves out, whose hooks do not run", "no such title"],
    ["one of which fails", "fails"],
  ] as const)
    it(`leaves no temporary files behind, with specs ${what}`, async () => {
      const spec = path.join(folder, "some.spec.cjs");
      writeFileSync(
        spec,
        `const { mkdtempSync, writeFileSync } = require("node:fs");
         const { tmpdir } = require("node:os");
         describe("some specs", () => {
           const made = mkdtempSync(tmpdir() + "/made-");
           console.log("made " + made);
           after(() => console.log("nothing is removed here"));
           it("passes", () => writeFileSync(made + "/file", ""));
           it("fails", () => { if (process.env.FAILS) throw new Error("no"); });
         });`,
      );
      // The folder of tsx is its cache.
      const { stdout } = await run("npx", ["mocha", spec, "-g", pattern], {
        cwd: repository,
        env: { ...process.env, TMPDIR: folder, ...(pattern === "fails" && { FAILS: "1", CI: "" }) },
      }).catch((error: unknown) => error as { stdout: string });
      expect(stdout).to.include(`made ${folder}`);
      expect(
        readdirSync(folder).filter((name) => name !== path.basename(spec) && !name.startsWith("tsx-")),
      ).to.deep.equal([]);
    });
});
