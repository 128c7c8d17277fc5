import { expect } from "chai";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { venvOf } from "#engine/ansible/python.ts";
import { ansibleCommand } from "#engine/cli/ansible/command.ts";
import { temporaryFolder } from "../temporary.ts";

describe("kubeplay ansible", () => {
  const root = temporaryFolder();
  const failure = (...args: string[]) => ansibleCommand(args, root).then(() => "", String);

  it("knows no other command than install, and no other option", async () => {
    expect(await failure("instal")).to.include("one command, install: there is no instal");
    expect(await failure()).to.include("one command, install");
    expect(await failure("install", "--pyton", "x")).to.include("--pyton");
  });

  it("leaves no environment that is not complete, which would hide another ansible-core", async () => {
    const broken = path.join(root, "python");
    // It makes a folder, as venv does, without a program in it.
    writeFileSync(broken, `#!/bin/sh\nmkdir -p "$3/bin"\n`, { mode: 0o755 });
    expect(await failure("install", "--python", broken))
      .to.include("-m pip install")
      .and.include("ENOENT");
    expect(existsSync(venvOf(root))).to.equal(false);
  });
});
