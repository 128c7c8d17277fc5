import { expect } from "chai";
import { unfinished, type Listed, type Lists } from "#roles/cluster-ready/unfinished.ts";

const nothing: Lists = {
  nodes: [],
  deployments: [],
  statefulSets: [],
  daemonSets: [],
  services: [],
  prometheuses: [],
  alertmanagers: [],
};
const metadata = { name: "dns", namespace: "kube-system", generation: 2 };
const pods = (status: Listed["status"], replicas = 2): Listed => ({
  metadata,
  spec: { replicas },
  status: status ?? {},
});
const complete = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const condition = (type: string, status: string) => ({
  metadata: { name: "a" },
  status: { conditions: [{ type, status }] },
});

describe("what a cluster still misses", () => {
  it("is nothing where all that was asked for is there", () => {
    const nodes = [condition("Ready", "True")];
    expect(unfinished({ ...nothing, nodes, deployments: [pods(complete)] }, ["a"])).to.deep.equal([]);
  });

  it("is each node that has not joined, or is not Ready", () => {
    expect(unfinished({ ...nothing, nodes: [condition("Ready", "False")] }, ["a", "b"])).to.deep.equal([
      "node a",
      "node b",
    ]);
  });

  for (const [why, status] of Object.entries({
    "its controller has not seen what it shall be": { ...complete, observedGeneration: 1 },
    "a pod does not answer": { ...complete, availableReplicas: 1 },
    "a pod is of an older kind": { ...complete, updatedReplicas: 1 },
    "a pod of an older kind is still there": { ...complete, replicas: 3 },
    "nothing is known of it": {},
  }))
    it(`is a workload where ${why}`, () => {
      expect(unfinished({ ...nothing, deployments: [pods(status)] }, [])).to.deep.equal(["deployment kube-system/dns"]);
      expect(unfinished({ ...nothing, statefulSets: [pods(status)] }, [])).to.deep.equal([
        "stateful set kube-system/dns",
      ]);
    });

  it("is a daemon set that is not on all its nodes", () => {
    const at = (numberAvailable: number) => [
      pods({ observedGeneration: 2, desiredNumberScheduled: 5, updatedNumberScheduled: 5, numberAvailable }),
    ];
    expect(unfinished({ ...nothing, daemonSets: at(4) }, [])).to.deep.equal(["daemon set kube-system/dns"]);
    expect(unfinished({ ...nothing, daemonSets: at(5) }, [])).to.deep.equal([]);
  });

  it("is an aggregated API that does not answer, and what an operator has not made yet", () => {
    const found = { ...nothing, services: [condition("Available", "False")], prometheuses: [{ metadata }] };
    expect(unfinished(found, [])).to.deep.equal(["Prometheus kube-system/dns", "API service a"]);
  });

  it("is what an operator has made of an older generation, though it says that this one is available", () => {
    const available = (observedGeneration?: number): Listed => {
      const condition = { type: "Available", status: "True" };
      const conditions = [observedGeneration === undefined ? condition : { ...condition, observedGeneration }];
      return { metadata, status: { conditions } };
    };
    const left = (one: Listed) => unfinished({ ...nothing, prometheuses: [one], alertmanagers: [one] }, []);
    expect(left(available(1))).to.deep.equal(["Prometheus kube-system/dns", "Alertmanager kube-system/dns"]);
    expect(left(available(2))).to.deep.equal([]);
    expect(left(available()), "of a condition that names none").to.deep.equal([]);
  });
});
