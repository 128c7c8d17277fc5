import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { EtcdMember } from "#cluster/etcd-members.ts";
import { learner, others as toCome, voter, type JoiningProps } from "#roles/etcd/joining.ts";
import type { Start } from "#roles/etcd/start.ts";
import { subject, type Subject } from "../../lib/engine/resources/one-resource.ts";

const url = (last: number): string => `https://10.0.0.${String(last)}:2380`;
const member = (name: string, last: number, more: Partial<EtcdMember> = {}): EtcdMember => ({
  name,
  peerUrls: [url(last)],
  hasRun: name !== "",
  ...more,
});
const running = (...members: EtcdMember[]) => ({ state: "running" as const, members });
const stays: Start = { state: "new", list: [], finally: [], joins: false, before: [], awaited: [] };
const joins: Start = { ...stays, state: "existing", joins: true };

/** A program etcdctl that keeps its members in a file, and refuses some calls at first. */
const folder = mkdtempSync(path.join(tmpdir(), "kubeplay-etcdctl-"));
const etcdctl = `${folder}/etcdctl`;
const list = `${folder}/members`;
const calls = `${folder}/calls`;
writeFileSync(
  etcdctl,
  `#!/bin/bash
while [ $# -gt 0 ]; do
  case $1 in --command-timeout=*) ;; --cacert | --cert | --key) shift ;; --endpoints) ends=$2; shift ;; *) words="$words $1" ;; esac
  shift
done
echo "$ends$words" >> ${calls}
set -- $words
case $2 in
  list) cat ${list} ;;
  remove) sed -i "/^$3,/d" ${list} ;;
  add)
    grep -q 'true$' ${list} && { echo "etcdserver: too many learner members in cluster"; sed -i 's/unstarted/started/; s/, true$/, false/' ${list}; exit 1; }
    echo "9, unstarted, , $(echo "$*" | sed 's/.*--peer-urls=//'), , true" >> ${list} ;;
  promote)
    [ -e ${folder}/synced ] || { touch ${folder}/synced; echo "can only promote a learner member which is in sync with leader"; exit 1; }
    sed -i "s/^\\($3,.*\\), true$/\\1, false/" ${list} ;;
esac
`,
  { mode: 0o755 },
);

const props = (change: Partial<JoiningProps> = {}): JoiningProps => ({
  host: "b",
  address: "10.0.0.12",
  others: [
    { name: "a", address: "10.0.0.11" },
    { name: "c", address: "10.0.0.13" },
  ],
  peerPort: 2380,
  clientPort: 2379,
  etcdctl,
  patience: 20,
  isReplaced: false,
  start: joins,
  ...change,
});

/** The only step of a task. */
function textOf(task: Subject, now: object): string {
  const [step] = task.rawSteps(now);
  return typeof step === "object" && "sh" in step ? step.sh : "exit 1";
}

interface Ran {
  readonly members: readonly string[];
  readonly calls: readonly string[];
}

/** Runs the only step of a task against these members. */
function run(script: string, members: readonly string[]): Ran {
  writeFileSync(list, `${members.join("\n")}\n`);
  writeFileSync(calls, "");
  rmSync(`${folder}/synced`, { force: true });
  const { status, stderr, stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  expect(status, stdout + stderr).to.equal(0);
  const linesOf = (file: string): string[] => readFileSync(file, "utf8").trim().split("\n");
  return { members: linesOf(list), calls: linesOf(calls) };
}

const a = "1, started, a, https://10.0.0.11:2380, https://10.0.0.11:2379, false";
const b = "2, started, b, https://10.0.0.12:2380, https://10.0.0.12:2379, false";
const added = "9, unstarted, , https://10.0.0.12:2380, , true";

describe("a new member of etcd", () => {
  after(() => rmSync(folder, { recursive: true }));
  const one = { "members of a": running(member("a", 11)), "members of c": { state: "not running" } };

  it("is added as a learner, by the members that vote", () => {
    const task = subject(learner("Join", props()));
    expect(task.diff(one)).to.deep.equal([{ what: "member of etcd", before: "absent", after: "learner" }]);
    const ran = run(textOf(task, one), [a]);
    expect(ran.members).to.deep.equal([a, added]);
    expect(ran.calls.at(-1)).to.match(/^https:\/\/10\.0\.0\.11:2379 member add b --learner --peer-urls=https:/);
  });

  it("waits for the learner before it", () => {
    const before = "3, unstarted, , https://10.0.0.10:2380, , true";
    const task = subject(learner("Join", props({ start: { ...joins, before: [url(10)] } })));
    const script = textOf(task, one).replace(
      "sleep 1",
      `sleep 0.1; sed -i 's/unstarted/started/; s/, true$/, false/' ${list}`,
    );
    const ran = run(script, [a, before]);
    expect(ran.calls.filter((call) => call.includes(" add "))).to.have.length(1);
    expect(ran.members.at(-1)).to.equal(added);
  });

  it("tries again if etcd has another learner", () => {
    const other = "3, unstarted, , https://10.0.0.10:2380, , true";
    const ran = run(textOf(subject(learner("Join", props())), one), [a, other]);
    expect(ran.calls.filter((call) => call.includes(" add "))).to.have.length(2);
  });

  it("is not added again", () => {
    const waiting = { "members of a": running(member("a", 11), member("", 12, { isLearner: true })) };
    expect(subject(learner("Join", props())).diff(waiting)).to.deep.equal([]);
    expect(run(textOf(subject(learner("Join", props())), one), [a, added]).members).to.deep.equal([a, added]);
    expect(subject(learner("Join", props({ start: stays }))).needs).to.deep.equal({});
  });

  it("comes in place of its old member if it is replaced, wherever that was", () => {
    for (const old of [b, b.replaceAll("10.0.0.12", "10.0.0.99")]) {
      const ran = run(textOf(subject(learner("Join", props({ isReplaced: true }))), one), [a, old]);
      expect(ran.members).to.deep.equal([a, added]);
    }
  });

  it("does not touch an old member without being told", () => {
    expect(run(textOf(subject(learner("Join", props())), one), [a, b]).members).to.deep.equal([a, b]);
  });

  it("is foretold as a learner that votes afterwards", () => {
    const forecast = subject(learner("Join", props())).forecast(one);
    expect(forecast["members of a"]).to.deep.equal(running(member("a", 11), member("", 12, { isLearner: true })));
    const vote = subject(voter("Vote", props()));
    expect(vote.diff({}), "before it runs").to.have.length(1);
    expect(vote.diff(vote.forecast({ "members of b": { state: "not running" } }))).to.deep.equal([]);
  });

  it("is promoted once it has the data", () => {
    const now = { "members of b": running(member("a", 11), member("b", 12, { isLearner: true })) };
    const task = subject(voter("Vote", props({ start: stays })));
    expect(task.diff(now)).to.have.length(1);
    const ran = run(textOf(task, now), [a, b.replace("false", "true")]);
    expect(ran.members).to.deep.equal([a, b]);
    expect(ran.calls.filter((call) => call.includes("promote"))).to.have.length(2);
    expect(ran.calls.every((call) => call.startsWith("https://10.0.0.11:2379 "))).to.equal(true);
  });

  it("that votes changes nothing", () => {
    const now = { "members of b": running(member("a", 11), member("b", 12)) };
    expect(subject(voter("Vote", props({ start: stays }))).diff(now)).to.deep.equal([]);
  });

  it("is awaited only once the locks are taken, which the new member needs for its changes", () => {
    const { does } = toCome("Wait", props());
    expect("resource" in does && does.resource.waits).to.equal(undefined);
  });

  it("is awaited by the members that are there", () => {
    const task = subject(toCome("Wait", props({ start: { ...stays, awaited: [url(13)] } })));
    const now = { "members of b": running(member("b", 12), member("c", 13, { isLearner: true })) };
    expect(task.diff(now)).to.have.length(1);
    expect(task.diff(task.forecast(now))).to.deep.equal([]);
    const c = "3, started, c, https://10.0.0.13:2380, https://10.0.0.13:2379, false";
    expect(run(textOf(task, now), [b, c]).members).to.deep.equal([b, c]);
    expect(subject(toCome("Wait", props({ start: stays }))).needs).to.deep.equal({});
  });
});
