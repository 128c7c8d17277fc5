import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { temporaryFolder } from "../engine/temporary.ts";

const project = process.cwd();
const program = `import { asProgram } from "${project}/lib/engine/cli/program.ts";
import { interruptible } from "${project}/lib/programs/interruptible.ts";
await asProgram(() => interruptible("out.tar was not written", async (signal) => {
  console.log("working");
  const alive = setInterval(() => undefined, 1000);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  clearInterval(alive);
  console.log("cleared up");
  throw new Error("a program that Ctrl-C ended too");
}));
`;

describe("a program that is interrupted", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`clears up after ${signal}, and says so with the exit code 99`, async () => {
      const file = path.join(folder, "program.mts");
      writeFileSync(file, program);
      const args = ["--import", "tsx", "-C", "kubeplay-source", file];
      const child = spawn(process.execPath, args, { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      const take = (chunk: Buffer): void => {
        output += String(chunk);
        if (output === "working\n") child.kill(signal);
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect(output).to.equal("working\ncleared up\ninterrupted: out.tar was not written\n");
      expect(code).to.equal(99);
    });
});
