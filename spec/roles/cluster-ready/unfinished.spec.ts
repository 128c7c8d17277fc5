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

describe("the unfinished objects of a cluster", () => {
  it("are none if all nodes and workloads are complete", () => {
    const nodes = [condition("Ready", "True")];
    expect(unfinished({ ...nothing, nodes, deployments: [pods(complete)] }, ["a"])).to.deep.equal([]);
  });

  it("include each node that has not joined or is not Ready", () => {
    expect(unfinished({ ...nothing, nodes: [condition("Ready", "False")] }, ["a", "b"])).to.deep.equal([
      "node a",
      "node b",
    ]);
  });

  for (const [why, status] of Object.entries({
    "its controller has not seen its generation": { ...complete, observedGeneration: 1 },
    "a pod is not available": { ...complete, availableReplicas: 1 },
    "a pod is not updated": { ...complete, updatedReplicas: 1 },
    "an old pod is still there": { ...complete, replicas: 3 },
    "it has no status": {},
  }))
    it(`include a workload if ${why}`, () => {
      expect(unfinished({ ...nothing, deployments: [pods(status)] }, [])).to.deep.equal(["deployment kube-system/dns"]);
      expect(unfinished({ ...nothing, statefulSets: [pods(status)] }, [])).to.deep.equal([
        "stateful set kube-system/dns",
      ]);
    });

  it("include a daemon set that is not on all its nodes", () => {
    const at = (numberAvailable: number) => [
      pods({ observedGeneration: 2, desiredNumberScheduled: 5, updatedNumberScheduled: 5, numberAvailable }),
    ];
    expect(unfinished({ ...nothing, daemonSets: at(4) }, [])).to.deep.equal(["daemon set kube-system/dns"]);
    expect(unfinished({ ...nothing, daemonSets: at(5) }, [])).to.deep.equal([]);
  });

  it("include an unavailable aggregated API, and objects that their operator has not completed", () => {
    const found = { ...nothing, services: [condition("Available", "False")], prometheuses: [{ metadata }] };
    expect(unfinished(found, [])).to.deep.equal(["Prometheus kube-system/dns", "API service a"]);
  });

  it("include an object whose condition Available is of an older generation", () => {
    const available = (observedGeneration?: number): Listed => {
      const condition = { type: "Available", status: "True" };
      const conditions = [observedGeneration === undefined ? condition : { ...condition, observedGeneration }];
      return { metadata, status: { conditions } };
    };
    const left = (one: Listed) => unfinished({ ...nothing, prometheuses: [one], alertmanagers: [one] }, []);
    expect(left(available(1))).to.deep.equal(["Prometheus kube-system/dns", "Alertmanager kube-system/dns"]);
    expect(left(available(2))).to.deep.equal([]);
    expect(left(available()), "of a condition without a generation").to.deep.equal([]);
  });
});
