import { expect } from "chai";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

describe("a run whose output pipe is closed", () => {
  it("continues to its end", async () => {
    const command = "{ node lib/engine/cli/kubeplay.mjs --list-tasks site; echo $? >&2; } | true";
    const { stderr } = await promisify(execFile)("sh", ["-c", command]);
    expect(stderr).to.equal("0\n");
  });
});
