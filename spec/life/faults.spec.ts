import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type as run } from "../cluster/lab.ts";
import { etcdNow, type HostName, isWell, makeCluster, onHost, removeLab, seenUnderLoad } from "./ha-cluster.ts";

/** Seconds of load before a fault and after it. */
const [quiet, afterwards] = [10, 20];

const signal = async (host: HostName, unit: string, name: "KILL" | "STOP" | "CONT"): Promise<void> => {
  const { code, output } = await onHost(host, `systemctl kill --kill-whom=main --signal=${name} ${unit}`);
  expect(code, output).to.equal(0);
};
const leader = async (): Promise<HostName> => (await etcdNow()).leader;

interface Fault {
  readonly name: string;
  readonly begins: () => Promise<() => Promise<void>>;
  readonly seconds: number;
  /** How many reads and writes may fail also after one retry, for each election of etcd. */
  readonly allowed: { readonly reads: number; readonly writes: number };
}
const none = { reads: 0, writes: 0 };

const killed = (unit: string, host: () => Promise<HostName>) => async () => {
  await signal(await host(), unit, "KILL");
  return async () => undefined;
};
const hangs = (unit: string, host: () => Promise<HostName>) => async () => {
  const on = await host();
  await signal(on, unit, "STOP");
  return () => signal(on, unit, "CONT");
};

/** Hosts of the load's proxies are never those of the fault. */
const faults: readonly Fault[] = [
  { name: "none", begins: async () => async () => undefined, seconds: 15, allowed: none },
  {
    name: "kube-apiserver killed",
    begins: killed("kube-apiserver", async () => "life-1"),
    seconds: 5,
    allowed: none,
  },
  { name: "etcd's leader killed", begins: killed("etcd", leader), seconds: 5, allowed: { reads: 0, writes: 2 } },
  {
    name: "kube-apiserver hangs for 30 s",
    begins: hangs("kube-apiserver", async () => "life-1"),
    seconds: 30,
    allowed: none,
  },
  {
    name: "etcd's leader hangs for 20 s",
    begins: hangs("etcd", leader),
    seconds: 20,
    allowed: { reads: 20, writes: 30 },
  },
  {
    name: "the host of a master is off for 30 s",
    begins: async () => {
      await run("podman", "kill", "--signal", "KILL", "life-1");
      return async () => {
        expect((await run("podman", "start", "life-1")).code).to.equal(0);
      };
    },
    seconds: 30,
    allowed: { reads: 4, writes: 6 },
  },
];

describe("a fault of a master, under load", () => {
  before("make a cluster", () => makeCluster());
  after("remove it", removeLab);

  for (const { name, begins, seconds, allowed } of faults)
    it(`loses no acknowledged write: ${name}`, async () => {
      await isWell();
      const { done, figures, elections } = await seenUnderLoad(
        name,
        async () => {
          await sleep(quiet * 1000);
          const end = await begins();
          await sleep(seconds * 1000);
          await end();
          await sleep(afterwards * 1000);
        },
        { hosts: ["life-worker", "life-worker"] },
      );
      if (done.status === "rejected") throw done.reason;
      expect(figures.lost).to.deep.equal([]);
      const times = Math.max(1, elections);
      expect(figures.reads.failedTwice, "reads").to.be.at.most(allowed.reads * times);
      expect(figures.writes.failedTwice, "writes").to.be.at.most(allowed.writes * times);
    });
});
