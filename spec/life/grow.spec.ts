import { expect } from "chai";
import { lastSummary, measured, type as run, until } from "../cluster/lab.ts";
import { addresses, cluster, inventoryOf, makeCluster, removeLab, type HostName } from "./growing-cluster.ts";
import { etcdctl } from "./life-cluster.ts";
import { underLoad } from "./under-load.ts";

const [one, three, five] = [
  ["grow-1"],
  ["grow-1", "grow-2", "grow-3"],
  ["grow-1", "grow-2", "grow-3", "grow-4", "grow-5"],
] as const satisfies readonly (readonly HostName[])[];

/** The members that vote, and their addresses. */
async function voters(of: HostName = "grow-2"): Promise<readonly string[]> {
  const output = await cluster.sure(of, etcdctl("member list --write-out=simple"));
  return output
    .trim()
    .split("\n")
    .map((line) => line.split(", "))
    .filter(([, status, , , , learner]) => status === "started" && learner?.trim() === "false")
    .map(([, , name = "", peer = ""]) => `${name} ${peer}`)
    .sort();
}
const expectedOf = (masters: readonly HostName[]): string[] =>
  masters.map((name) => `${name} https://${cluster.addressOf(name)}:2380`);

/** Every host's proxy and every API server's list have these masters, and nothing is left to do. */
async function isComplete(masters: readonly HostName[], nodes: number): Promise<void> {
  await cluster.isWell(nodes);
  expect(await voters()).to.deep.equal(expectedOf(masters));
  for (const host of [...masters, "grow-worker"] as const) {
    const proxy = await cluster.sure(host, "cat /etc/kube-nginx/nginx.conf");
    for (const master of masters) expect(proxy, `the proxy of ${host}`).to.contain(cluster.addressOf(master));
  }
  for (const host of masters) {
    const unit = await cluster.sure(host, "cat /etc/systemd/system/kube-apiserver.service");
    expect(/--etcd-servers=(\S+)/.exec(unit)?.[1]?.split(",")).to.deep.equal(
      masters.map((master) => `https://${cluster.addressOf(master)}:2379`),
    );
  }
  await cluster.sure("grow-2", "kubelet-approver --check");
  await cluster.play("site");
  expect(lastSummary().changes).to.deep.equal([]);
}

interface Slice {
  readonly endpoints?: readonly { readonly nodeName?: string; readonly conditions: { readonly ready?: boolean } }[];
}

/** As if the machine had burnt. */
async function lose(host: HostName): Promise<void> {
  const { code, output } = await run("podman", "rm", "--force", "--time", "0", host);
  expect(code, output).to.equal(0);
  await run("podman", "volume", "rm", "--force", `${host}-lib`);
}

describe("a cluster that grows", () => {
  before("make a cluster of one master and one node", () => makeCluster(one));
  after("remove it", removeLab);

  it("gets two more masters, also if the runs are killed while the members join", async () => {
    inventoryOf(three);
    for (const seconds of [2, 12, 25]) {
      if (!(await cluster.killedIn("etcd", seconds, "site"))) break;
      measured("killed with SIGKILL, seconds after the play etcd began", seconds);
    }
    await underLoad(
      cluster,
      "site, 1 → 3 masters after killed runs",
      async () => measured("site", (await cluster.play("site")).seconds),
      { masters: one, hosts: ["grow-worker", "grow-1"], checker: "grow-1" },
    );
    await isComplete(three, 4);
  });

  it("gets a fresh node with another address under the name of a lost one", async () => {
    await lose("grow-worker");
    addresses["grow-worker"] = "10.74.0.22";
    inventoryOf(three);
    measured("site", (await cluster.play("site")).seconds);
    await isComplete(three, 4);
    const address = await cluster.kubectl(
      "get",
      "node",
      "grow-worker",
      "-o",
      "jsonpath={.status.addresses[0].address}",
    );
    expect(address.trim()).to.equal("10.74.0.22");
    await cluster.kubectl("-n", "load", "rollout", "status", "deployment/called", "--timeout=180s");
  });

  it("refuses a fresh first master, and names what replaces it", async () => {
    await lose("grow-1");
    const { code, output } = await cluster.tryPlay("site");
    expect(code, output).to.equal(2);
    expect(output).to.contain("npm run play -- -e replace=grow-1 site");
    expect(await voters()).to.deep.equal(expectedOf(three));
  });

  it("gets a fresh first master under load", async () => {
    // Until the cluster has noticed the loss, calls also go to pods that are lost.
    await until("the lost pods are out of all Services", 180, async () => {
      const used = await cluster.kubectl("get", "endpointslices", "-A", "-o", "json");
      for (const { endpoints } of (JSON.parse(used) as { readonly items: readonly Slice[] }).items)
        for (const { nodeName, conditions } of endpoints ?? [])
          expect(nodeName === "grow-1" && conditions.ready, nodeName).not.to.equal(true);
    });
    await underLoad(
      cluster,
      "site, the first master is replaced",
      async () => measured("replace", (await cluster.play("-e", "replace=grow-1", "site")).seconds),
      { masters: ["grow-2", "grow-3"], hosts: ["grow-worker", "grow-2"], checker: "grow-2" },
    );
    await isComplete(three, 4);
  });

  it("gets five masters under load, also if a run is killed while the members join", async () => {
    inventoryOf(five);
    if (await cluster.killedIn("etcd", 20, "site"))
      measured("killed with SIGKILL, seconds after the play etcd began", 20);
    await underLoad(
      cluster,
      "site, 3 → 5 masters",
      async () => measured("site", (await cluster.play("site")).seconds),
      { masters: three, hosts: ["grow-worker", "grow-2"], checker: "grow-2" },
    );
    await isComplete(five, 6);
  });
});
