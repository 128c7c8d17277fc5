import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Diagnosis } from "#programs/doctor/examine.ts";
import { temporaryFolder } from "../../engine/temporary.ts";
import { runProgram } from "../run-program.ts";

describe("npm run doctor", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const run = (...args: string[]) => runProgram(folder, "doctor", args);
  before(() => {
    const host = { ansible_host: "127.0.0.1", ansible_port: 1, ssh_retry_timeout: 0 };
    writeFileSync(
      path.join(folder, "mine.yaml"),
      JSON.stringify({ all: { vars: { kube_proxy_mode: "nftables" } }, masters: { hosts: { "cp-1": host } } }),
    );
  });

  it("reports hosts and APIs that cannot be asked, and exits with 2", () => {
    const { status, stdout, stderr } = run("--output", "json");
    expect(status, stderr).to.equal(2);
    const { findings } = JSON.parse(stdout) as { findings: Diagnosis[] };
    expect(findings.map(({ check, subject }) => [check, subject])).to.deep.equal([
      ["reach", "cp-1"],
      ["reach", "the API"],
    ]);
  });

  it("refuses options that it does not know", () => {
    expect(run("--output", "yaml").status).to.equal(5);
  });
});
