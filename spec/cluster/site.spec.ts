import { rmSync } from "node:fs";
import { expect } from "chai";
import type { RecordedChange } from "#engine/report/index.ts";
import { lastSummary, masters, measured, onHost, play } from "./lab.ts";

/**
 * Hosts run in parallel, so the order of changes between hosts does not matter. Check mode cannot know the objects of a
 * set that contains certificates not made yet: it predicts such a set without the names of its objects.
 */
const inOrder = (changes: readonly RecordedChange[]): string[] =>
  changes
    .map(({ what, ...change }) => JSON.stringify(change.kind === "manifests" ? change : { ...change, what }))
    .sort();

describe("site, on bare lab hosts", () => {
  const done = async (...args: readonly string[]) => {
    const { code, output, seconds } = await play(...args);
    expect(code, output).to.equal(0);
    return seconds;
  };

  before("remove the previous lab and its keys, and fetch the binaries", async () => {
    await done("-e", "lab_state=absent", "lab");
    rmSync(".kubeplay/lab", { recursive: true, force: true });
    measured("binaries", await done("--limit", "localhost", "--tags", "artifacts", "site"));
  });

  it("makes exactly the changes that --check predicts", async () => {
    const making = await done("lab");
    measured("the lab's hosts", making);
    measured("--check on bare hosts", await done("--check", "site"));
    const foreseen = lastSummary().changes;
    expect(lastSummary().check).to.equal(true);
    const seconds = await done("site");
    measured("bare hosts to the end of site, the lab's making included", making + seconds);
    expect(inOrder(foreseen)).to.deep.equal(inOrder(lastSummary().changes));
  });

  it("changes nothing when it runs again", async () => {
    const { code, output, seconds } = await play("site");
    measured("site with nothing to do", seconds);
    expect(code, output).to.equal(0);
    expect(lastSummary().changes, output).to.deep.equal([]);
  });

  it("predicts no changes then", async () => {
    const { code, output, seconds } = await play("--check", "site");
    measured("--check with nothing to do", seconds);
    expect(code, output).to.equal(0);
    expect(lastSummary()).to.include({ check: true });
    expect(lastSummary().changes, output).to.deep.equal([]);
  });
});

describe("etcd", () => {
  const etcdctl = (command: string) =>
    `etcdctl --endpoints ${masters.map((address) => `https://${address}:2379`).join(",")} ` +
    `--cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/healthcheck-client.crt --key /etc/etcd/pki/healthcheck-client.key ${command}`;

  it("has three healthy members", async () => {
    const { code, output } = await onHost("10.187.0.11", etcdctl("endpoint health"));
    expect(code, output).to.equal(0);
    expect(output.match(/is healthy/g)).to.have.length(3);
  });

  it("refuses clients without a certificate of its own CA", async () => {
    const { code } = await onHost("10.187.0.11", "curl -sk --max-time 5 https://10.187.0.11:2379/version");
    expect(code).to.not.equal(0);
  });

  it("is started by site if a member was stopped, with no other change of etcd", async () => {
    await onHost("10.187.0.12", "systemctl stop etcd");
    const { code, output } = await play("site");
    expect(code, output).to.equal(0);
    const changes = lastSummary().changes.map(({ host, role, kind, what }) => ({ host, role, kind, what }));
    expect(changes).to.deep.include({ host: "master-2", role: "etcd", kind: "service", what: "etcd.service" });
    expect(changes.filter(({ role }) => role === "etcd")).to.have.length(1);
  });
});

describe("a part of site", () => {
  it("is selected with --tags and --limit", async () => {
    await onHost("10.187.0.13", "rm -f /usr/local/bin/etcdutl");
    await onHost("10.187.0.12", "rm -f /usr/local/bin/etcdutl");
    const { code, output } = await play("--tags", "etcd", "--limit", "master-3", "site");
    expect(code, output).to.equal(0);
    expect(Object.keys(lastSummary().hosts)).to.deep.equal(["master-3"]);
    expect(lastSummary().changes.map(({ what }) => what)).to.deep.equal(["/usr/local/bin/etcdutl"]);
  });

  it("makes exactly the changes that --check predicts", async () => {
    const checked = await play("--check", "--diff", "--tags", "etcd", "site");
    expect(checked.code, checked.output).to.equal(0);
    const foreseen = lastSummary().changes;
    const { code, output } = await play("--tags", "etcd", "site");
    expect(code, output).to.equal(0);
    expect(foreseen.length).to.be.greaterThan(0);
    expect(lastSummary().changes).to.deep.equal(foreseen);
  });
});
