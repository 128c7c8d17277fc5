import { expect } from "chai";
import type { NodeState } from "#kubernetes/drain/node-state.ts";
import type { NodePod } from "#kubernetes/drain/pods.ts";
import { cordon } from "#kubernetes/drain/cordon.ts";
import { drain, type DrainProps } from "#kubernetes/drain/drain.ts";
import { subject } from "../../engine/resources/one-resource.ts";

const pod = (name: string, kind: NodePod["kind"], emptyDir = false): NodePod => ({
  ...{ name: `web/${name}`, uid: name, leaving: false, ready: true, kind, emptyDir, tied: false },
});
const node = (unschedulable: boolean, ...pods: readonly NodePod[]): NodeState => ({
  type: "present",
  ready: true,
  unschedulable,
  pods,
});
const down: NodeState = { type: "unreachable", why: "no API server answers", transient: true };
const of = (props: Partial<DrainProps> = {}) =>
  subject(drain("Drain it", { kubeconfig: "/k", node: "worker-3", ...props }));
const cordoned = (state?: "cordoned" | "schedulable") =>
  subject(cordon("Cordon it", { kubeconfig: "/k", node: "worker-3", ...(state && { state }) }));

describe("the resource drain", () => {
  it("cordons a node and evicts its pods, by name", () =>
    expect(of().diff({ node: node(false, pod("shop", "replaced"), pod("agent", "daemon")) })).to.deep.equal([
      { what: "unschedulable", before: false, after: true },
      { what: "pods", before: "web/shop", after: "evicted" },
    ]));

  it("finishes a drain that was interrupted", () =>
    expect(
      of()
        .diff({ node: node(true, pod("shop", "replaced")) })
        .map(({ what }) => what),
    ).to.deep.equal(["pods"]));

  it("is ok if the node is empty but for DaemonSets and static pods, or does not exist", () => {
    expect(of().diff({ node: node(true, pod("agent", "daemon"), pod("proxy", "static")) })).to.be.empty;
    expect(of().diff({ node: { type: "absent" } })).to.be.empty;
  });

  it("refuses pods that would be lost, all at once, with the variables that allow it", () => {
    const now = { node: node(false, pod("shell", "bare"), pod("cache", "replaced", true)) };
    expect(() => of().diff(now)).to.throw(
      /worker-3 is not drained: .*web\/shell.*drain_bare_pods=true\n.*web\/cache.*drain_empty_dir_data=true/,
    );
    expect(of({ barePods: true, emptyDirData: true }).diff(now)).to.have.length(2);
  });

  it("fails if the API does not answer", () =>
    expect(() => of().diff({ node: down })).to.throw("no API server answers"));

  it("forecasts a state without differences", () => {
    const now = { node: node(false, pod("shop", "replaced"), pod("agent", "daemon")) };
    expect(of().diff(of().forecast(now))).to.be.empty;
  });
});

describe("the resource cordon", () => {
  it("makes a node unschedulable, or schedulable again", () => {
    expect(cordoned().diff({ node: node(false) })).to.deep.equal([
      { what: "unschedulable", before: false, after: true },
    ]);
    expect(cordoned("schedulable").diff({ node: node(true) })).to.have.length(1);
    expect(cordoned().diff({ node: node(true) })).to.be.empty;
    expect(cordoned("schedulable").diff({ node: node(false) })).to.be.empty;
  });

  it("ignores a node that does not exist, and fails if the API does not answer", () => {
    expect(cordoned().diff({ node: { type: "absent" } })).to.be.empty;
    expect(() => cordoned().diff({ node: down })).to.throw("no API server answers");
  });

  it("forecasts a state without differences", () => {
    for (const one of [cordoned(), cordoned("schedulable")])
      for (const now of [node(true), node(false)]) expect(one.diff(one.forecast({ node: now }))).to.be.empty;
  });
});
