import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Diagnosis } from "#programs/doctor/examine.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

describe("npm run doctor", function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  const project = process.cwd();
  const run = (...args: string[]) =>
    spawnSync(
      path.join(project, "node_modules/.bin/tsx"),
      ["-C", "kubeplay-source", path.join(project, "lib/programs/doctor/program.ts"), "-i", "mine.yaml", ...args],
      { cwd: folder, encoding: "utf8" },
    );
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
