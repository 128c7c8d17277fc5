import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type as run, until } from "../cluster/lab.ts";
import { isWell, kubectl, makeCluster, removeLab, type HostName } from "./ha-cluster.ts";
import { endOf, inNetworkOf } from "./load/in-network.ts";
import type { Tally } from "./load/tally.ts";

const hosts: readonly HostName[] = ["life-1", "life-worker"];
/** Seconds for which a host is off: its node is NotReady by then, and its pods are on their way to other nodes. */
const off = 90;
/** Seconds without any answer. */
const longest = 10;

const podman = async (...args: readonly string[]): Promise<void> => {
  const { code, output } = await run("podman", ...args);
  expect(code, output).to.equal(0);
};

/** The nodes of CoreDNS's pods that are ready. */
const nodesOfDns = async (): Promise<readonly string[]> => {
  const rows = await kubectl(
    ...["-n", "kube-system", "get", "pods", "-l", "k8s-app=kube-dns", "-o"],
    'jsonpath={range .items[*]}{.spec.nodeName}{" "}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}',
  );
  return rows
    .trim()
    .split("\n")
    .flatMap((row) => (row.endsWith(" True") ? [row.replace(" True", "")] : []))
    .sort();
};
const isSpread = () =>
  until("DNS is on two nodes", 240, async () => {
    const nodes = await nodesOfDns();
    expect(new Set(nodes).size, nodes.join(", ")).to.be.at.least(2);
  });

describe("names in the cluster", () => {
  before("make a cluster", () => makeCluster());
  after("remove it", removeLab);
  beforeEach("DNS is on two nodes", isSpread);

  for (const lost of hosts)
    it(`are found while ${lost} is off`, async () => {
      const host = hosts.find((name) => name !== lost) ?? lost;
      const client = await inNetworkOf(host, "lookups.ts", "kubernetes.default.svc.cluster.local", "10.96.0.10");
      const where = await nodesOfDns();
      await sleep(5000);
      try {
        await podman("kill", lost);
        await sleep(off * 1000);
      } finally {
        await podman("start", lost);
      }
      await isWell();
      const { requests, failed, failedTwice, longestGap, reasons } = await endOf<Tally>(client);
      console.log(
        `        pods on ${where.join(" and ")}: ${String(failed)} of ${String(requests)} look-ups failed, ${String(failedTwice)} after one retry; longest gap ${(longestGap / 1000).toFixed(1)} s ${JSON.stringify(reasons)}`,
      );
      expect(requests).to.be.at.least(off * 5);
      expect(longestGap / 1000, "seconds without any answer").to.be.at.most(longest);
    });
});
