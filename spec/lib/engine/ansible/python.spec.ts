import { expect } from "chai";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ansiblePython, pythonIn, venvOf } from "#engine/ansible/python.ts";
import { temporaryFolder } from "../temporary.ts";

describe("the Python that has ansible-core", () => {
  const root = temporaryFolder();
  const bin = path.join(root, "bin");
  const program = (text: string, mode = 0o755): void => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, "ansible-playbook"), text);
    chmodSync(path.join(bin, "ansible-playbook"), mode);
  };
  const found = (more: NodeJS.ProcessEnv = {}) => ansiblePython(root, { PATH: `:/none:${bin}`, ...more });

  it("is that of the ansible-playbook in the PATH", () => {
    program("#!/opt/venv/bin/python3.12\nimport re\n");
    expect(found()).to.equal("/opt/venv/bin/python3.12");
    program(`#!/bin/sh\n'''exec' "/a long path/bin/python3" "$0" "$@"\n' '''\n`);
    expect(found()).to.equal("/a long path/bin/python3");
  });

  it("is missing if there is no such program, with three remedies", () => {
    for (const [text, mode] of [
      ["#!/bin/sh\nexec ansible\n", 0o755],
      ["#!/usr/bin/python3\n", 0o644],
    ] as const) {
      program(text, mode);
      expect(() => found()).to.throw(/needs ansible-core .*kubeplay ansible install.*PATH.*KUBEPLAY_ANSIBLE_PYTHON/);
    }
  });

  it("is the project's own before that, and the one that is named before all", () => {
    program("#!/usr/bin/python3\n");
    mkdirSync(path.dirname(pythonIn(venvOf(root))), { recursive: true });
    writeFileSync(pythonIn(venvOf(root)), "");
    expect(found()).to.equal(path.join(root, ".kubeplay/ansible/bin/python"));
    expect(found({ KUBEPLAY_ANSIBLE_PYTHON: "/named" })).to.equal("/named");
  });
});
