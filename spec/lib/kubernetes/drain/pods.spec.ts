import { expect } from "chai";
import { nodePod, podsToEvict, refusedPods, type ListedPod } from "#kubernetes/drain/pods.ts";

const pod = (name: string, more: Omit<ListedPod, "metadata"> & { metadata?: Partial<ListedPod["metadata"]> } = {}) =>
  nodePod({ ...more, metadata: { name, namespace: "web", uid: name, ...more.metadata } });
const of = (kind: string) => ({ ownerReferences: [{ kind, controller: true }] });

const shop = pod("shop", { metadata: of("ReplicaSet") });
const agent = pod("agent", { metadata: of("DaemonSet") });
const etcd = pod("etcd", { metadata: { annotations: { "kubernetes.io/config.mirror": "x" }, ...of("Node") } });
const shell = pod("shell");
const job = pod("job", { status: { phase: "Succeeded" } });
const data = { spec: { volumes: [{}, { emptyDir: {} }] } };
const cache = pod("cache", { metadata: of("StatefulSet"), ...data });

describe("the pods of a drained node", () => {
  it("leave it, except those of DaemonSets and static pods", () =>
    expect(podsToEvict([shop, agent, etcd, shell, job]).map(({ name }) => name)).to.deep.equal([
      "web/shop",
      "web/shell",
      "web/job",
    ]));

  it("count as bare if they have an owner that does not control them", () => {
    const owned = pod("owned", { metadata: { ownerReferences: [{ kind: "ConfigMap" }] } });
    expect(refusedPods([owned], {}).bare).to.deep.equal(["web/owned"]);
  });

  it("are refused if they would be lost, and named by the reason", () => {
    expect(refusedPods([shop, agent, etcd, shell, cache], {})).to.deep.equal({
      bare: ["web/shell"],
      withData: ["web/cache"],
    });
    expect(refusedPods([shell, cache], { barePods: true, emptyDirData: true })).to.deep.equal({
      bare: [],
      withData: [],
    });
  });

  it("are not refused if they have ended, or end already", () => {
    const ended = pod("ended", { status: { phase: "Failed" }, ...data });
    const leaving = pod("leaving", { metadata: { deletionTimestamp: "2026-11-30T10:00:00Z" } });
    const daemon = pod("daemon", { metadata: of("DaemonSet"), ...data });
    expect(refusedPods([ended, leaving, daemon], {})).to.deep.equal({ bare: [], withData: [] });
  });
});
