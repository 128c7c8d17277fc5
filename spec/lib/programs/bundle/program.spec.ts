import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { neededComponents } from "#artifacts/images/needed.ts";
import { recipesFor } from "#artifacts/images/recipes.ts";
import { defaultsOf } from "../../../roles/setting.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

const absent = Object.fromEntries(
  ["storage", "metrics_server", "registry", "logging", "dashboard", "kube_prometheus"].map((name) => [
    `${name}_state`,
    "absent",
  ]),
);
/** Hosts that nobody can reach: the addresses are for documentation. */
const inventory = {
  all: { vars: { cni: "bridge", ansible_user: "nobody", ...absent } },
  masters: { hosts: { "cp-1": { ansible_host: "192.0.2.1" } } },
  nodes: { hosts: { "w-1": { ansible_host: "192.0.2.2" } } },
};

describe("npm run bundle, with the network cut off", function () {
  this.timeout(900_000);
  const folder = temporaryFolder();
  const project = process.cwd();
  const at = (name: string): string => path.join(folder, name);
  const environment = { ...process.env, XDG_CACHE_HOME: at("cache"), NODE_OPTIONS: "" };

  /** Runs a program in a network namespace of its own, which has not even a loopback address. */
  const cutOff = (cwd: string, ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync("unshare", ["--net", process.execPath, ...words], {
      cwd,
      encoding: "utf8",
      env: environment,
    });
    return { status, output: stdout + stderr };
  };
  const from = (name: string) => ["-e", JSON.stringify({ artifact_source: "directory", artifact_directory: at(name) })];
  const fromDirectory = from("binaries");
  const bundle = (...words: string[]) =>
    cutOff(at("project"), "lib/programs/bundle/bundle.mjs", "-i", "mine.yaml", ...words);

  before("puts a program of this machine where the cluster's binaries should be", function () {
    if (spawnSync("unshare", ["--net", "true"]).status !== 0) {
      console.log("      skipped: a network namespace needs root");
      this.skip();
    }
    mkdirSync(at("project"));
    for (const name of ["lib", "roles", "playbooks", "package.json", "package-lock.json"])
      cpSync(path.join(project, name), at(`project/${name}`), { recursive: true });
    symlinkSync(path.join(project, "node_modules"), at("project/node_modules"));
    writeFileSync(at("project/mine.yaml"), JSON.stringify(inventory));

    mkdirSync(at("binaries"));
    const versions = Object.fromEntries(
      Object.entries(defaultsOf(versionVariables)).map(([name, value]) => [name, String(value)]),
    );
    const sets = ["base", "dns", "crictl", "samples", "registry"] as const;
    const recipes = recipesFor(sets, versions, [ownArchitecture]);
    const needed = neededComponents(sets, { lab: false, recipes });
    const tree = at("tree");
    for (const name of ["nautilus", "kitten", "porter"]) mkdirSync(path.join(tree, name), { recursive: true });
    for (const name of ["porter/localhost.crt", "porter/localhost.key"]) writeFileSync(path.join(tree, name), name);
    for (const component of catalogue.filter(({ name }) => needed.includes(name)))
      for (const binary of component.binaries) {
        const file = at(`binaries/${binary}-${versions[component.variable] ?? ""}-linux-${ownArchitecture}`);
        if (component.build.kind === "tree") execFileSync("tar", ["-czf", file, "-C", tree, ...readdirSync(tree)]);
        else if (component.build.kind === "debian-root") execFileSync("tar", ["-cf", file, "-C", tree, "."]);
        else copyFileSync("/bin/true", file);
      }
    execFileSync("sh", ["-c", "sha256sum -- * > SHA256SUMS"], { cwd: at("binaries") });
  });

  it("needs the controller only, and so does --tags artifacts site", () => {
    const made = bundle(...fromDirectory, "-e", "images_source=build", "--out", at("bundle.tar"), "--without-debian");
    expect(made.status, made.output).to.equal(0);
    expect(made.output).to.match(/bundle\.tar: complete\. \d+ files, \d+ images/);
    expect(made.output).not.to.contain("UNREACHABLE");
    const words = ["-i", "mine.yaml", ...fromDirectory, "--tags", "artifacts", "site"];
    const played = cutOff(at("project"), "lib/engine/cli/kubeplay.mjs", ...words);
    expect(played.status, played.output).to.equal(0);
    expect(played.output).not.to.contain("cp-1");
  });

  it("proves with --check that every file and image is there and undamaged, or names what is not", () => {
    execFileSync("tar", ["-xf", at("bundle.tar"), "-C", folder]);
    const check = (...words: string[]) =>
      bundle("-e", "artifact_source=directory", ...words, "--check", at("bundle"), "--without-debian");
    const good = check();
    expect(good.status, good.output).to.equal(0);
    const more = check("-e", "logging_state=present");
    expect(more.status).to.equal(1);
    expect(more.output).to.contain("docker.io/victoriametrics/vlagent:v1.51.0: is not in the bundle");
    const blobs = at("bundle/images/blobs/sha256");
    const [blob = ""] = readdirSync(blobs);
    writeFileSync(path.join(blobs, blob), "other bytes");
    rmSync(at(`bundle/kubelet-1.37.2-linux-${ownArchitecture}`));
    const bad = check();
    expect(bad.status).to.equal(1);
    expect(bad.output)
      .to.contain(`sha256:${blob} has other bytes`)
      .and.to.contain(`kubelet-1.37.2-linux-${ownArchitecture}: is not in the bundle`);
  });

  it("has kubeplay and its dependencies: a controller needs Node alone", () => {
    rmSync(at("bundle"), { recursive: true });
    execFileSync("tar", ["-xf", at("bundle.tar"), "-C", folder]);
    const own = at("bundle/kubeplay");
    expect(existsSync(path.join(own, "node_modules/ssh2/package.json"))).to.equal(true);
    expect(existsSync(path.join(own, "node_modules/mocha"))).to.equal(false);
    writeFileSync(path.join(own, "mine.yaml"), JSON.stringify(inventory));
    rmSync(at("cache"), { recursive: true });
    const words = ["-i", "mine.yaml", ...from("bundle"), "--tags", "artifacts", "site"];
    const played = cutOff(own, "lib/engine/cli/kubeplay.mjs", ...words);
    expect(played.status, played.output).to.equal(0);
    expect(readdirSync(at("cache/kubeplay/refs"))).to.include(`kubelet@1.37.2-linux-${ownArchitecture}.json`);
  });
});
