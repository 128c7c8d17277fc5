import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { snapshotTimer } from "#roles/backup/index.ts";
import { master, namesOf, renderedBy, tasksOf } from "../setting.ts";

const hosts = [master("m-1", "10.0.0.11")];
const daily = { snapshot_timer: "daily" };

describe("the timer of snapshots", () => {
  it("is only kept stopped while no time is set", () =>
    expect(namesOf(tasksOf(snapshotTimer, { hosts }))).to.deep.equal(["Stop the timer of snapshots"]));

  it("has the time of the variable, and starts what it missed while the host was off", () => {
    const timer = renderedBy(snapshotTimer, { hosts, vars: { snapshot_timer: "*-*-* 03:00" } }, "Write its timer");
    expect(timer).to.contain("OnCalendar=*-*-* 03:00\n").and.contain("Persistent=true");
  });
});

describe("the program that takes snapshots", () => {
  // The variables allow no other characters in paths.
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-snapshots-"));
  const folder = `${root}/snapshots`;
  const program = (name: string, text: string): void =>
    writeFileSync(`${root}/${name}`, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  const script = renderedBy(
    snapshotTimer,
    { hosts, vars: { ...daily, bin_dir: root, snapshot_folder: folder, snapshot_keep: 2, cluster_name: "etcd" } },
    "Write the program that takes snapshots",
  );
  const takes = () => spawnSync("bash", ["-c", script], { encoding: "utf8" });
  const there = () => readdirSync(folder).sort();
  const saves = `case "$*" in *"snapshot save"*) echo data > new.db; echo data > new.db.part ;; esac`;

  after(() => rmSync(root, { recursive: true }));
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    program("etcdctl", saves);
    program("etcdutl", 'grep -q data "$3"');
  });

  it("keeps the newest ones, and nothing that anybody else can read", () => {
    mkdirSync(folder, { mode: 0o755 });
    for (const day of ["28", "27", "29"]) writeFileSync(`${folder}/etcd-202001${day}T000000Z.db`, "");
    writeFileSync(`${folder}/mine.db`, "");
    expect(takes()).to.include({ status: 0 });
    const [newest = "", ...others] = there()
      .reverse()
      .filter((name) => name.endsWith("Z.db"));
    expect(newest).to.match(/^etcd-2\d{7}T\d{6}Z\.db$/);
    expect(others).to.deep.equal(["etcd-20200129T000000Z.db"]);
    expect(there()).to.include("mine.db");
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    expect(statSync(`${folder}/${newest}`).mode & 0o777).to.equal(0o600);
  });

  for (const [what, fails] of [
    ["the member is not healthy", { name: "etcdctl", text: `case "$*" in *health*) exit 1 ;; esac\n${saves}` }],
    ["the snapshot is damaged", { name: "etcdutl", text: "exit 1" }],
  ] as const)
    it(`fails if ${what}, and no older one is removed for it`, () => {
      mkdirSync(folder);
      for (const day of ["27", "28", "29"]) writeFileSync(`${folder}/etcd-202001${day}T000000Z.db`, "");
      program(fails.name, fails.text);
      expect(takes().status).not.to.equal(0);
      expect(there().filter((name) => name.startsWith("etcd-"))).to.have.length(3);
    });
});
