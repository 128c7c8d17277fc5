import { expect } from "chai";
import { strangersIn } from "#roles/preflight/strangers.ts";
import { areNamed, good, problems, withFindings } from "./good.ts";

const live = (...names: string[]) =>
  withFindings({
    live: {
      servers: {},
      nodes: names.map((name) => ({ name, version: "v1.37.2", runtime: "containerd://2.4.2", addresses: [] })),
    },
  });
const five = ["a", "b", "c", "n1", "n2"];

describe("preflight's check of a run with --limit", () => {
  areNamed([
    [
      "a new node without any master",
      { cni: "cilium", nodes: five, reached: ["n2"], ...live("a", "b", "c", "n1") },
      "JoinLimit: this run has no master, but masters approve the serving certificate of n2 and label its node: add them, as in --limit 'n2:masters'",
    ],
    [
      "a new node without the others, which need routes to its pods",
      { cni: "bridge", nodes: five, reached: ["a", "b", "c", "n2"], ...live("a", "b", "c", "n1") },
      "JoinLimit: this run has not n1, which need routes to the pods of n2: run without --limit. If they are down, skip this check, and run again once they are back",
    ],
  ]);

  it("accepts a new node with a master, and any part of the nodes that are there", () => {
    const cni = "cilium";
    expect(problems({ cni, nodes: five, reached: ["b", "n2"], ...live("a", "b", "c", "n1") })).to.deep.equal([]);
    expect(problems({ cni, nodes: five, reached: ["n2"], ...live(...five) })).to.deep.equal([]);
    expect(problems({ cni, nodes: five, reached: ["n2"] }), "a new cluster").to.deep.equal([]);
  });
});

describe("nodes that the inventory does not have", () => {
  const warnings = (...names: string[]) => strangersIn({ ...good, ...live(...names) });

  it("are named", () => {
    expect(warnings("a", "b", "c", "n1")).to.deep.equal([
      "the cluster has a node that the inventory does not have: n1. Pods and Services keep running there, but kubeplay no longer updates it. To take a node out, put it back into the inventory and run: npm run play -- -e remove=n1 remove. If its machine is off for good, the inventory need not have it: add -e remove_unreachable=true",
    ]);
    expect(warnings("n1", "n2")).to.match(/has nodes that .*: n1, n2\..* updates them/);
  });

  it("cannot be seen if the API of a cluster does not answer, and the run says so", () => {
    const question = { kubeconfig: "/super-admin", servers: [] };
    const without = (...installed: string[]) =>
      strangersIn({ ...good, live: question, ...withFindings({ installed }) });
    expect(without("kube-apiserver")).to.match(/^no API server answers the controller: this run cannot see/);
    expect(without("kubelet")).to.have.length(1);
    expect(without("kube-nginx"), "a cluster that is being made").to.deep.equal([]);
    expect(strangersIn({ ...good, ...withFindings({ installed: ["kubelet"] }) }), "one host asks").to.deep.equal([]);
  });

  it("are no topic without a running cluster, or if there are none", () => {
    expect(warnings("a", "b", "c")).to.deep.equal([]);
    expect(strangersIn(good)).to.deep.equal([]);
  });
});
