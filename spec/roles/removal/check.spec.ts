import { expect } from "chai";
import type { EtcdAnswer } from "#cluster/etcd-members.ts";
import type { RunningCluster } from "#cluster/running-cluster.ts";
import type { NodeVolumes } from "#cluster/node-volumes.ts";
import type { NodeState } from "#kubernetes/drain/node-state.ts";
import type { NodePod } from "#kubernetes/drain/pods.ts";
import { removalCheck, type CheckProps } from "#roles/removal/check.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";

const pod = (name: string, tied = false): NodePod => ({
  ...{ name: `web/${name}`, uid: name, leaving: false, ready: true, kind: "replaced", emptyDir: false, tied },
});
const node = (ready: boolean, ...pods: readonly NodePod[]): NodeState => ({
  ...{ type: "present", ready, unschedulable: false, pods },
});
const running = (...names: readonly string[]): EtcdAnswer => ({
  state: "running",
  members: names.map((name, index) => ({ name, peerUrls: [`https://10.0.0.${index + 1}:2380`], hasRun: true })),
});
/** Members with the last numbers of their addresses. */
const members = (of: Readonly<Record<string, number>>): EtcdAnswer => ({
  state: "running",
  members: Object.entries(of).map(([name, last]) => ({
    name,
    peerUrls: [`https://10.0.0.${last}:2380`],
    hasRun: true,
  })),
});
const props: CheckProps = {
  access: { kubeconfig: "/k" },
  nodes: ["a", "b", "n"],
  node: "c",
  address: "10.0.0.3",
  reached: true,
  isLost: false,
  losesVolumes: false,
  others: [
    { name: "a", address: "10.0.0.1" },
    { name: "b", address: "10.0.0.2" },
  ],
  peerPort: 2380,
  clientPort: 2379,
  metricsPort: 2381,
};
const cluster = (...names: readonly string[]): RunningCluster => ({
  servers: {},
  nodes: names.map((name) => ({ name, version: "", runtime: "", addresses: [] })),
});
const volumes = (...names: readonly string[]): NodeVolumes => ({
  type: "found",
  volumes: names.map((name) => ({ name: `pvc-${name}`, claim: { namespace: "web", name } })),
});
const well = {
  volumes: volumes(),
  live: cluster("a", "b", "c", "n"),
  node: node(true),
  "members of a": running("a", "b", "c"),
  "members of b": running("a", "b", "c"),
  "a is healthy": true,
  "b is healthy": true,
};
const judge = (now: object, more: Partial<CheckProps> = {}) =>
  subject(removalCheck("Check", { ...props, ...more })).diff({ ...well, ...now });

describe("the check before a node is removed", () => {
  it("accepts a node whose machine answers, or is off and said to be", () => {
    expect(judge({})).to.be.empty;
    expect(judge({ node: node(false) }, { isLost: true, reached: false })).to.be.empty;
  });

  it("refuses a node that alone has volumes, and names their claims, unless they may go", () => {
    const now = { volumes: volumes("data-0", "data-1") };
    expect(() => judge(now)).to.throw(
      /only c has the volumes of these claims: web\/data-0, web\/data-1.*remove_volumes/,
    );
    const warned = (more: Partial<CheckProps>) =>
      subject(removalCheck("Check", { ...props, ...more })).warnings({ ...well, ...now });
    expect(judge(now, { losesVolumes: true })).to.be.empty;
    expect(warned({ losesVolumes: true }).join()).to.match(/these claims are deleted.*web\/data-0, web\/data-1/);
    const lost = { isLost: true, reached: false };
    expect(judge({ ...now, node: node(false) }, lost)).to.be.empty;
    expect(warned(lost).join()).to.match(/only c had the volumes.*web\/data-0.*remove_volumes=true/);
  });

  it("refuses a machine that does not answer, with the command for one that is off for good", () =>
    expect(() => judge({}, { reached: false })).to.throw(
      /c does not answer.*npm run play -- -e remove=c -e remove_unreachable=true remove/,
    ));

  it("refuses a node that the inventory does not have, unless its machine is off", () => {
    expect(() => judge({}, { reached: false, address: undefined })).to.throw("the inventory does not have c");
    expect(judge({ node: node(false) }, { isLost: true, reached: false, address: undefined })).to.be.empty;
  });

  it("refuses to give up a machine that is on: its pods would run twice", () =>
    expect(() => judge({}, { isLost: true, reached: false })).to.throw("the node c is Ready: its machine is on"));

  it("refuses a name that neither the cluster nor the inventory has", () =>
    expect(() =>
      judge({ node: { type: "absent" }, "members of a": running("a", "b") }, { address: undefined, isLost: true }),
    ).to.throw("neither the cluster nor the inventory has a node c"));

  it("accepts a node whose removal was interrupted", () =>
    expect(judge({ node: { type: "absent" }, "members of a": running("a", "b") })).to.be.empty);

  it("refuses to give away the majority of etcd", () =>
    expect(() => judge({ "b is healthy": false })).to.throw("Without c it has 2 and needs 2 of them"));

  it("asks any other member for the list, and refuses if none answers", () => {
    const refused: EtcdAnswer = { state: "not running" };
    expect(() => judge({ "members of a": refused, "a is healthy": false })).to.throw("only 1 is healthy (a is not)");
    expect(() => judge({ "members of a": refused, "members of b": refused })).to.throw(
      "no member of etcd answers on a, b",
    );
  });

  it("refuses pods that run on this node only, unless it is lost anyway", () => {
    const now = { node: node(true, pod("registry", true), pod("shop")) };
    expect(() => judge(now)).to.throw("these pods run on c only, and their data may be there: web/registry.");
    expect(judge({ node: node(false, pod("registry", true)) }, { isLost: true })).to.be.empty;
  });

  it("names all problems at once", () =>
    expect(() =>
      judge({ "b is healthy": false, node: node(true, pod("registry", true)) }, { reached: false }),
    ).to.throw(/does not answer[^]*run on c only[^]*needs 2 of them/));

  it("counts a member that never started as the node's by its address", () => {
    const added: EtcdAnswer = {
      state: "running",
      members: [
        { name: "a", peerUrls: ["https://10.0.0.1:2380"], hasRun: true },
        { name: "", peerUrls: ["https://10.0.0.3:2380"], hasRun: false },
      ],
    };
    const now = { "members of a": added, "a is healthy": false, "b is healthy": false };
    expect(() => judge(now)).to.throw("etcd has 2 members. Without c it has 1 and needs 1");
  });

  describe("with hosts in the inventory that the cluster does not have", () => {
    it("names masters and nodes that were removed before, once each, and what to do", () => {
      const now = { live: cluster("a", "c"), "members of a": members({ a: 1, c: 3 }), "members of b": undefined };
      expect(() => judge(now)).to.throw(
        "b, n are in the inventory, but not in the cluster, and this run would bring them back into proxies and lists of masters. If they were removed, take them out of the inventory.",
      );
      expect(() => judge({ live: cluster("a", "b", "c") })).to.throw("n is in the inventory, but not in the cluster");
    });

    it("names a removal that was interrupted", () =>
      expect(() => judge({ "members of a": members({ a: 1, c: 3 }), "members of b": undefined })).to.throw(
        /etcd has no member of it: its removal was interrupted\. Finish it first: npm run play -- -e remove=b remove/,
      ));

    it("accepts lost hosts that the cluster still has, and judges by etcd alone if the API says nothing", () => {
      expect(judge({ live: undefined })).to.be.empty;
      expect(() => judge({ live: undefined, "members of a": members({ a: 1, c: 3 }) })).to.throw(
        "b is in the inventory",
      );
    });
  });
});
