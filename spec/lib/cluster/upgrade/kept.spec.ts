import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { StagedProgram } from "#cluster/staging.ts";
import { kept, keptIn, putBack, settled, type Upgradable } from "#cluster/upgrade/kept.ts";
import { subject } from "../../engine/resources/one-resource.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

const source = { sha256: "b".repeat(64), size: 1, file: "/cache/b" };
const other = "a".repeat(64);
const version = "3.7.3";

describe("what a service ran with before an upgrade", () => {
  const root = temporaryFolder();
  const bin = path.join(root, "bin");
  const [unitFile, added] = [path.join(root, "etc/etcd.service"), path.join(root, "etc/added.yaml")];
  const program = (name: string): StagedProgram => ({
    artifact: name,
    version,
    architecture: "amd64",
    dest: path.join(bin, name),
    staged: path.join(root, "lib/kubeplay/etcd", version, name),
  });
  const [etcd, etcdctl] = [program("etcd"), program("etcdctl")];
  const service: Upgradable = { unit: "etcd", programs: [etcd, etcdctl], files: [unitFile, added] };
  const log = path.join(root, "systemctl.log");

  const script = (file: string, text: string): void => {
    rmSync(file, { force: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  };
  /** Runs the steps of a change as the host's shell would, with a systemctl that only notes what it is asked. */
  const run = (steps: readonly unknown[]): void => {
    for (const step of steps)
      execFileSync("sh", ["-c", String(step)], { env: { PATH: `${root}/fake:${process.env.PATH ?? ""}` } });
  };
  const keep = subject(kept("Keep it", service));
  const back = subject(putBack("Put it back", service));
  const before = { path: { type: "file" }, installed: other, staged: source.sha256, source, to: undefined };
  const keptNow = { from: "3.6.8\n", to: `${version}\n`, isBarred: false, isOld: false };

  beforeEach(() => {
    for (const folder of ["bin", "etc", "fake", "lib"]) {
      rmSync(path.join(root, folder), { recursive: true, force: true });
      mkdirSync(path.join(root, folder));
    }
    script(path.join(root, "fake/systemctl"), `echo "$*" >> "${log}"`);
    script(etcd.dest, "echo etcd Version: 3.6.8");
    script(etcdctl.dest, "echo old tool");
    writeFileSync(unitFile, "old unit");
    rmSync(log, { force: true });
  });

  const upgrade = (): void => {
    for (const { dest, staged } of service.programs) {
      mkdirSync(path.dirname(staged), { recursive: true });
      script(staged, "exit 1");
      rmSync(dest);
      symlinkSync(staged, dest);
    }
    writeFileSync(unitFile, "new unit");
    writeFileSync(added, "new");
  };

  it("is put back: programs that were plain files, the unit, and a file that was not there", () => {
    run(keep.steps(before));
    expect(readFileSync(path.join(keptIn(service), "from"), "utf8")).to.equal("3.6.8\n");
    upgrade();
    run(back.steps(keptNow));
    expect(execFileSync(etcd.dest).toString()).to.equal("etcd Version: 3.6.8\n");
    expect(lstatSync(etcdctl.dest).isFile()).to.equal(true);
    expect(readFileSync(unitFile, "utf8")).to.equal("old unit");
    expect(existsSync(added)).to.equal(false);
    expect(existsSync(keptIn(service))).to.equal(false);
    expect(readFileSync(log, "utf8")).to.match(/daemon-reload\n.*restart --no-block -- etcd\n$/s);
  });

  it("is put back: links to a version that an earlier upgrade brought", () => {
    const earlier = path.join(root, "lib/kubeplay/etcd/3.6.8/etcd");
    mkdirSync(path.dirname(earlier), { recursive: true });
    script(earlier, "echo etcd Version: 3.6.8");
    rmSync(etcd.dest);
    symlinkSync(earlier, etcd.dest);
    run(keep.steps(before));
    upgrade();
    run(back.steps(keptNow));
    expect(readlinkSync(etcd.dest)).to.equal(earlier);
  });

  it("can be put back again if the first time was interrupted", () => {
    run(keep.steps(before));
    upgrade();
    run([String(back.steps(keptNow)[0]).replace(/\nsystemctl daemon-reload[^]*/, "")]);
    upgrade();
    run(back.steps(keptNow));
    expect(execFileSync(etcd.dest).toString()).to.equal("etcd Version: 3.6.8\n");
  });

  it("is kept once for a version: a second run does not keep what is half changed", () => {
    expect(keep.diff(before)).to.have.length(1);
    expect(keep.diff({ ...before, to: `${version}\n` })).to.deep.equal([]);
    expect(keep.diff({ ...before, to: "3.6.8\n" })).to.have.length(1);
    expect(keep.diff({ ...before, ...keep.forecast(before) })).to.deep.equal([]);
  });

  it("is not kept if nothing will change, or nothing is there", () => {
    expect(keep.diff({ ...before, installed: source.sha256 })).to.deep.equal([]);
    expect(keep.diff({ ...before, path: { type: "link", target: etcd.staged }, installed: undefined })).to.deep.equal(
      [],
    );
    expect(keep.diff({ ...before, path: { type: "absent" } })).to.deep.equal([]);
  });

  it("is only put back after the upgrade to this version, unless any is meant", () => {
    expect(back.diff(keptNow)).to.deep.equal([{ what: "version", before: version, after: "3.6.8" }]);
    expect(back.diff({ ...keptNow, to: "3.8.0\n" })).to.deep.equal([]);
    expect(back.diff({ ...keptNow, to: undefined, from: undefined })).to.deep.equal([]);
    const any = subject(putBack("Put it back", { ...service, any: true }));
    expect(any.diff({ ...keptNow, to: "3.8.0\n" })).to.have.length(1);
  });

  it("is not put back where it is barred, or after the service came back", () => {
    expect(back.diff({ ...keptNow, isBarred: true })).to.deep.equal([]);
    expect(back.diff({ ...keptNow, isOld: true })).to.deep.equal([]);
    const done = subject(settled("Note it", service));
    const now = { to: `${version}\n`, done: { type: "absent" } };
    expect(done.diff(now)).to.have.length(1);
    expect(done.diff({ ...now, ...done.forecast(now) })).to.deep.equal([]);
  });
});
