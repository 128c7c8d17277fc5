import { expect } from "chai";
import { etcd } from "#roles/etcd/index.ts";
import type { EtcdAnswer, EtcdMember } from "#cluster/etcd-members.ts";
import { master, namesOf, taskNamed, tasksOf } from "../setting.ts";
import { taskCalled } from "../tasks-of.ts";

const hosts = [master("b", "10.0.0.12"), master("a", "10.0.0.11"), master("c", "10.0.0.13")];
const name = "Check that it starts no second cluster";
const notRunning: EtcdAnswer = { state: "not running" };
const member = (name: string, last: number, hasRun = true): EtcdMember => ({
  name,
  peerUrls: [`https://10.0.0.${last}:2380`],
  hasRun,
});
const running = (...members: EtcdMember[]): EtcdAnswer => ({ state: "running", members });

describe("the check before an etcd member starts", () => {
  const tasks = tasksOf(etcd, { hosts });
  const founding = taskNamed(tasks, name);
  const withAnswer = (a: EtcdAnswer) => () => founding.diff({ a, c: notRunning });

  it("asks every other master, only if its own host has no data, and before it is configured", () => {
    const asked = Object.values(founding.needs).filter(({ of }) => of.kind === "etcd members");
    expect(asked.map(({ key }) => JSON.parse(key) as unknown)).to.deep.equal([
      { address: "10.0.0.11", port: 2380, unlessDataIn: "/var/lib/etcd", patience: 120 },
      { address: "10.0.0.13", port: 2380, unlessDataIn: "/var/lib/etcd", patience: 120 },
    ]);
    const names = namesOf(tasks);
    expect(names.indexOf(name)).to.be.greaterThan(names.indexOf("Copy the health check's key"));
    expect(names.indexOf(name)).to.be.lessThan(names.indexOf("Write its configuration"));
  });

  it("asks no host if there is only one master", () => {
    const { needs } = taskNamed(tasksOf(etcd, { hosts: hosts.slice(0, 1) }), name);
    expect(Object.values(needs).map(({ of }) => of.kind)).to.deep.equal(["content"]);
  });

  it("passes if no member runs, if it did not need to ask, and if a cluster waits for the member", () => {
    for (const answer of [
      notRunning,
      { state: "not asked" } as const,
      running(member("a", 11), member("b", 12, false)),
    ])
      expect(withAnswer(answer)()).to.deep.equal([]);
  });

  describe("the state with which the member starts", () => {
    const task = taskCalled(tasks, name);
    const configuration = (state: string) => ({ "/etc/etcd/etcd.yaml": `initial-cluster-state: ${state}\n` });
    const state = (now: object): unknown =>
      "resource" in task.does ? task.does.resource.output?.(now, task.props, []) : undefined;
    const notAsked: EtcdAnswer = { state: "not asked" };

    it("is new if no cluster runs, also if the host's disk was lost with all others", () => {
      expect(state({ a: notRunning, c: notRunning })).to.equal("new");
      expect(state({ a: notRunning, c: notRunning, ...configuration("existing") })).to.equal("new");
      expect(state({ a: running(member("a", 11), member("b", 12, false)), c: notRunning })).to.equal("new");
    });

    it("is existing if the cluster has added the member and waits for it", () => {
      const waiting = running(member("a", 11), member("", 12, false), member("c", 13));
      expect(state({ a: waiting, c: waiting })).to.equal("existing");
      expect(founding.diff({ a: waiting, c: waiting })).to.deep.equal([]);
    });

    it("stays as it was once the member has data", () => {
      for (const was of ["new", "existing"])
        expect(state({ a: notAsked, c: notAsked, ...configuration(was) })).to.equal(was);
    });
  });

  const refused: [string, EtcdAnswer, RegExp][] = [
    [
      "if a master runs a cluster without the member",
      running(member("a", 11)),
      /^a \(10\.0\.0\.11\) runs a cluster of a \(https:\/\/10\.0\.0\.11:2380\), and b \(https:\/\/10\.0\.0\.12:2380\) is not a member: .*second cluster.*etcdctl member add b --peer-urls=https:\/\/10\.0\.0\.12:2380/,
    ],
    [
      "if the cluster has the member's name at another address",
      running(member("a", 11), member("b", 99, false)),
      /b \(https:\/\/10\.0\.0\.99:2380\), and b \(https:\/\/10\.0\.0\.12:2380\) is not a member/,
    ],
    [
      "if the member was in the cluster before",
      running(member("a", 11), member("b", 12)),
      /its data in \/var\/lib\/etcd is gone: .*etcdctl member remove .*etcdctl member add b --peer-urls=/,
    ],
    [
      "if a master gives no clear answer",
      { state: "unclear", reason: "curl: (28) Connection timed out" },
      /a \(10\.0\.0\.11\) gives no clear answer .*: curl: \(28\) Connection timed out\. .*repair a \(10/,
    ],
  ];
  for (const [what, answer, message] of refused)
    it(`fails ${what}`, () => expect(withAnswer(answer)).to.throw(message));
});
