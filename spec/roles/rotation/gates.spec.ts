import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import certs from "#playbooks/certs.ts";
import { wanted } from "#engine/runner/plan/plan.ts";
import { allTrustNew, trustsNew } from "#roles/rotation/index.ts";
import { podsFollow } from "#roles/rotation/pods-follow.ts";
import { startedSince } from "#cluster/started-since.ts";
import { everyHost } from "#cluster/every-host.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { master, namesOf, node, tasksOf } from "../setting.ts";

describe("a program that must start again for other CAs", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "kubeplay-started-"));
  const file = `${folder}/ca.crt`;
  after(() => rmSync(folder, { recursive: true }));

  /** What the condition says if systemd says that the process has started at a time; it got active a minute later. */
  const holds = (active: boolean, started: string): boolean => {
    const systemctl = `systemctl() { case $1 in is-active) ${active ? "true" : "false"} ;; show) case $2 in *=ExecMainStartTimestamp) echo ${started} ;; *) date -d ${started}+1min ;; esac ;; esac; }`;
    return spawnSync("sh", ["-c", `${systemctl}\n${startedSince("etcd", [file])}`]).status === 0;
  };

  it("has done so if its process has started after the change of each file, or not active", () => {
    writeFileSync(file, "");
    const changed = new Date("2026-11-30T12:00:00Z");
    utimesSync(file, changed, changed);
    expect(holds(true, "'Mon 2026-11-30 12:00:01 UTC'")).to.equal(true);
    expect(holds(true, "'Mon 2026-11-30 11:59:59 UTC'")).to.equal(false);
    expect(holds(false, "''")).to.equal(true);
  });

  it("has not if a file is missing", () => {
    rmSync(file);
    expect(holds(true, "'Mon 2026-11-30 12:00:01 UTC'")).to.equal(false);
    expect(execFileSync("sh", ["-n", "-c", startedSince("etcd", [file])]).toString()).to.equal("");
  });

  it("are those of a master, or kube-proxy alone", () => {
    const waits = (host: ReturnType<typeof master>): string[] =>
      namesOf(tasksOf(trustsNew, { hosts: [host] })).filter((name) => name.startsWith("Wait until kube-proxy"));
    expect(waits(master("m-1", "10.0.0.11"))).to.have.length(1);
    expect(waits(node("w-1", "10.0.0.21"))).to.have.length(1);
  });
});

describe("the new CAs", () => {
  it("issue only once every host of the inventory trusts them", () => {
    const hosts = [master("m-1", "10.0.0.11"), node("w-1", "10.0.0.21")];
    const tasks = tasksOf(allTrustNew, { hosts });
    expect(Object.keys(tasks[0]!.props)).to.include.members(["host m-1", "host w-1"]);
    const gate = subject(
      everyHost("t", { hosts: ["m-1", "w-1"], what: "trusts", "host m-1": true, "host w-1": false }),
    );
    expect(() => gate.diff({ root: undefined })).to.throw("not every host trusts: w-1.");
    const open = subject(everyHost("t", { hosts: ["m-1"], what: "trusts", "host m-1": true }));
    expect(open.diff({ root: undefined })).to.deep.equal([]);
  });

  it("are looked at whatever --tags selects, and hosts that were left out count as not ready", () => {
    const isLeft = (name: string): boolean => {
      const [role] = certs.flatMap(({ roles }) => roles).filter((one) => one.name === name);
      if (!role) throw new Error(`${name} is not in the playbook`);
      return wanted(role.tags, { tags: ["pki"], skipTags: [] }, role.name);
    };
    expect(["pki", "rotation-masters", "rotation-check", "rotation-halfway"].filter(isLeft)).to.have.length(4);
    expect(["etcd", "rotation-trusts"].filter(isLeft)).to.have.length(0);
  });
});

describe("a new CA that the old one cannot sign, because its key is lost", () => {
  const gate = (anyway = false) =>
    subject(podsFollow("t", { kubeconfig: "k", path: "/pki/kubernetes-ca.crt", record: "/pki/since", anyway }));
  const since = "2026-11-30T12:00:00.000Z";
  const pods = (started: string) => ({
    type: "reliance",
    pods: [{ name: "kube-system/coredns", since: started, tokenSeconds: 3607 }],
    tokens: [],
  });
  const next = { sha256: "", size: 1, mode: 0o644 };
  const lost = { key: { type: "absent" }, next, since, found: pods("2026-11-30T11:59:00Z") };

  it("does not issue while pods are older than the trust in it, and says how to go on", () => {
    expect(() => gate().diff(lost)).to.throw(/does not issue yet: .*kube-system\/coredns.*rotate_anyway=true/s);
    expect(gate(true).diff(lost)).to.deep.equal([]);
    expect(gate().diff({ ...lost, found: pods("2026-11-30T12:01:00Z") })).to.deep.equal([]);
  });

  it("is first recorded as trusted", () => expect(gate().diff({ ...lost, since: undefined })).to.have.length(1));

  it("is no matter once it issues, or if the old one has its key", () => {
    expect(gate().diff({ ...lost, next: undefined })).to.deep.equal([]);
    expect(gate().diff({ ...lost, key: { type: "key" } })).to.deep.equal([]);
  });
});
