import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { temporaryFolder } from "../../engine/temporary.ts";

describe("npm run kubectl", () => {
  const folder = temporaryFolder();
  const project = process.cwd();
  const inventory = path.join(folder, "mine.yaml");
  const kubeconfig = path.join(folder, ".kubeplay", "east", "admin.kubeconfig");
  const run = (...args: string[]) =>
    spawnSync(
      path.join(project, "node_modules/.bin/tsx"),
      ["-C", "kubeplay-source", path.join(project, "lib/programs/kubectl/program.ts"), ...args],
      {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, XDG_CACHE_HOME: path.join(folder, "cache") },
      },
    );

  before(() => {
    writeFileSync(
      inventory,
      JSON.stringify({
        all: { vars: { cluster_name: "east", kubernetes_version: "9.9.9" } },
        masters: { hosts: { "cp-1": { ansible_host: "127.0.0.1" } } },
      }),
    );
  });

  it("reports which cluster has no kubeconfig, and how to name another inventory", () => {
    const { status, stderr } = run("-i", "mine.yaml", "get", "nodes");
    expect(status, stderr).to.equal(1);
    expect(stderr).to.contain("the cluster east of mine.yaml has no .kubeplay/east/admin.kubeconfig yet");
    expect(stderr).to.contain("-i mine.yaml");
  });

  it("runs that cluster's version of kubectl as its admin, and returns kubectl's exit code", () => {
    mkdirSync(path.dirname(kubeconfig), { recursive: true });
    writeFileSync(kubeconfig, "");
    const cache = path.join(folder, "cache", "kubeplay");
    const sha256 = "a".repeat(64);
    mkdirSync(path.join(cache, "refs"), { recursive: true });
    mkdirSync(path.join(cache, "objects"), { recursive: true });
    const architecture = process.arch === "x64" ? "amd64" : process.arch;
    writeFileSync(
      path.join(cache, "refs", `kubectl@9.9.9-linux-${architecture}.json`),
      JSON.stringify({ sha256, size: 1, source: "build" }),
    );
    writeFileSync(path.join(cache, "objects", sha256), '#!/bin/sh\necho "$@"; exit 7\n', { mode: 0o755 });
    const { status, stdout, stderr } = run("-i", "mine.yaml", "exec", "-i", "pod");
    expect(stdout, stderr).to.equal(`--kubeconfig ${kubeconfig} exec -i pod\n`);
    expect(status).to.equal(7);
  });
});
