import { expect } from "chai";
import type { NodeState } from "#kubernetes/drain/node-state.ts";
import type { NodePod } from "#kubernetes/drain/pods.ts";
import { podsBack } from "#cluster/upgrade/pods-back.ts";
import { subject } from "../../engine/resources/one-resource.ts";

const pod = (name: string, kind: NodePod["kind"], ready: boolean): NodePod => ({
  ...{ name: `web/${name}`, uid: name, leaving: false, ready, kind, emptyDir: false, tied: false },
});
const node = (ready: boolean, ...pods: readonly NodePod[]): NodeState => ({
  type: "present",
  ready,
  unschedulable: false,
  pods,
});
const down: NodeState = { type: "unreachable", why: "no API server answers", transient: true };

describe("a node that was upgraded", () => {
  const back = subject(podsBack("Wait", { kubeconfig: "/k", node: "worker-3", timeout: 60 }));

  it("is back once it is Ready, and each pod of a DaemonSet, whatever becomes of the others", () => {
    const agent = pod("agent", "daemon", true);
    expect(back.diff({ node: node(true, agent, pod("shop", "replaced", false)) })).to.be.empty;
    expect(back.diff({ node: node(false, agent) })).to.have.length(1);
    expect(back.diff({ node: node(true, agent, pod("proxy", "daemon", false)) })).to.have.length(1);
  });

  it("need not come back if it was no node of the cluster", () =>
    expect(back.diff({ node: { type: "absent" } })).to.be.empty);

  it("is awaited while the API does not answer", () => expect(back.diff({ node: down })).to.have.length(1));

  it("is forecast to be back", () => {
    for (const now of [node(false, pod("agent", "daemon", false)), down])
      expect(back.diff(back.forecast({ node: now }))).to.be.empty;
  });
});
