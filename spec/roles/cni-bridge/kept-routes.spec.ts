import { expect } from "chai";
import type { Task } from "#engine/tasks/task.ts";
import type { RunningCluster } from "#cluster/running-cluster.ts";
import { formerRoutes, keptRoutes, type PodRoute } from "#roles/cni-bridge/kept-routes.ts";
import { asked, subject } from "../../lib/engine/resources/one-resource.ts";

const cluster = { kubeconfig: "/k", servers: [] };
const left: PodRoute = { subnet: "10.244.13.0/24", address: "10.0.0.13" };
const inventory: readonly PodRoute[] = [
  { subnet: "10.244.11.0/24", address: "10.0.0.11" },
  { subnet: "10.244.12.0/24", address: "10.0.0.12" },
];

/** The output of a task that only reads. */
function outputOf(task: Task<readonly PodRoute[]>, now: object): readonly PodRoute[] {
  if (!("resource" in task.does)) throw new Error("no resource");
  return task.does.resource.output?.(now, task.props, []) as readonly PodRoute[];
}

describe("the routes to nodes outside of the inventory", () => {
  const former = (text: string | undefined) =>
    outputOf(formerRoutes("t", { program: "/usr/local/bin/kubeplay-routes", subnets: inventory }), { text });
  const program = (...routes: readonly PodRoute[]) =>
    `#!/bin/sh\nroute() {\n}\n${routes.map(({ subnet, address }) => `route '${subnet}' '${address}'\n`).join("")}# end\n`;

  it("are read from the program of the last run", () => {
    expect(former(program(...inventory, left))).to.deep.equal([left]);
    expect(former(program(...inventory))).to.deep.equal([]);
    expect(former(undefined)).to.deep.equal([]);
  });

  it("are none to a subnet or a host that the inventory has now", () => {
    expect(former(program({ subnet: "10.244.12.0/24", address: "10.0.0.99" }))).to.deep.equal([]);
    expect(former(program({ subnet: "10.244.8.0/21", address: "10.0.0.99" }))).to.deep.equal([]);
    expect(former(program({ subnet: "10.244.99.0/24", address: "10.0.0.12" }))).to.deep.equal([]);
  });

  describe("are kept", () => {
    const live = (...addresses: string[]): RunningCluster => ({
      servers: {},
      nodes: addresses.map((address) => ({ name: address, version: "", runtime: "", addresses: [address] })),
    });
    const kept = (live?: RunningCluster, hosts: readonly string[] = []) =>
      outputOf(keptRoutes("t", { former: [left], cluster, hosts }), { live });

    it("while the cluster has the node, and while its API does not answer", () => {
      expect(kept(live("10.0.0.11", "10.0.0.13"))).to.deep.equal([left]);
      expect(kept()).to.deep.equal([left]);
      expect(kept(live("10.0.0.11"))).to.deep.equal([]);
    });

    it("not to the address that a node of the inventory had before", () =>
      expect(kept(live("10.0.0.13"), ["10.0.0.13"])).to.deep.equal([]));

    it("without a question to the API if there are none", () => {
      expect(asked(subject(keptRoutes("t", { former: [], cluster, hosts: [] })))).to.deep.equal([]);
      expect(asked(subject(keptRoutes("t", { former: [left], cluster, hosts: [] })))).to.have.length(1);
    });
  });
});
