import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { temporaryFolder } from "../../engine/temporary.ts";
import { runProgram } from "../run-program.ts";

describe("npm run cis", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const run = (...args: string[]) => runProgram(folder, "cis", args);
  before(() => {
    const host = { ansible_host: "127.0.0.1", ansible_port: 1, ssh_retry_timeout: 0 };
    writeFileSync(path.join(folder, "mine.yaml"), JSON.stringify({ masters: { hosts: { "cp-1": host } } }));
  });

  it("lists all controls, or those of a section", () => {
    expect(run("--list").stdout.trim().split("\n")).to.have.length(132);
    const { stdout, status } = run("--list", "1.4", "4.2.6");
    expect(stdout.split("\n").map((line) => line.split(" ")[0])).to.deep.equal([
      "CONTROL",
      "1.4.1",
      "1.4.2",
      "4.2.6",
      "",
    ]);
    expect(status).to.equal(0);
  });

  it("fails what it cannot read, says why, and exits with 2", () => {
    const { status, stdout, stderr } = run("--output", "json", "1.4", "5.1.1");
    expect(status, stderr).to.equal(2);
    const { controls } = JSON.parse(stdout) as { controls: { number: string; result: string }[] };
    expect(controls.map(({ number, result }) => [number, result])).to.deep.equal([
      ["1.4.1", "fail"],
      ["1.4.2", "fail"],
      ["5.1.1", "fail"],
    ]);
    expect(stderr).to.match(/cp-1 was not read: .*\nthe controller has no .*super-admin\.kubeconfig/);
  });

  it("refuses numbers and options that it does not know", () => {
    for (const args of [["1.9"], ["1.2.x"], ["--output", "yaml"]]) expect(run(...args).status, args.join()).to.equal(5);
  });
});
