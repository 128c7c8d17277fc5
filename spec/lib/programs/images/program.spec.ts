import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { temporaryFolder } from "../../engine/temporary.ts";

describe("npm run images", () => {
  const folder = temporaryFolder();
  const project = process.cwd();
  const run = (...args: string[]) =>
    spawnSync(
      path.join(project, "node_modules/.bin/tsx"),
      ["-C", "kubeplay-source", path.join(project, "lib/programs/images/program.ts"), ...args],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
  before(() => {
    writeFileSync(
      path.join(folder, "mine.yaml"),
      JSON.stringify({
        all: { vars: { cni: "bridge" } },
        masters: { hosts: { "cp-1": { ansible_host: "127.0.0.1" } } },
      }),
    );
  });

  it("lists the images of the inventory's addons, and marks stand-ins", () => {
    const { status, stdout, stderr } = run("-i", "mine.yaml", "--list");
    expect(status, stderr).to.equal(0);
    expect(stdout)
      .to.contain("registry.k8s.io/pause:3.10.2\n")
      .and.to.match(/headlamp:\S+\n.*\n +STAND-IN: /);
    expect(stdout).not.to.contain("cilium");
  });
  it("shows its usage if asked for help", () => {
    const { status, stdout } = run("--help");
    expect(status).to.equal(0);
    expect(stdout).to.contain("--list");
  });
  it("refuses an unknown argument, and shows its usage", () => {
    const { status, stderr } = run("-i", "mine.yaml", "--push");
    expect(status).to.equal(5);
    expect(stderr).to.contain('unknown argument "--push"').and.to.contain("--list");
  });
});
