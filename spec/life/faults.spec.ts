import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { measured, until } from "../cluster/lab.ts";
import { cluster, isWell, makeCluster, masters, removeLab, seenUnderLoad, type HostName } from "./ha-cluster.ts";
import { holderOf, holdingMaster, newHolderOf } from "./leaders.ts";
import { promise } from "./under-load.ts";

const signal = (host: HostName, name: string, unit: string) =>
  cluster.sure(host, `systemctl kill --signal=${name} ${unit}`);

const shown = (what: string, seconds: number | undefined): number => {
  measured(what, seconds ?? Number.NaN);
  return seconds ?? Number.POSITIVE_INFINITY;
};

/** Seconds for which a fault lasts, if it does not end by itself. */
const lasts = 30;
/** Milliseconds before the fault, and after its end. */
const around = 10_000;

/** Breaks something for a while under load, and holds the promises about the API. Resolves to the result of `broken`. */
async function whileBroken<T>(what: string, broken: () => Promise<T>): Promise<T> {
  const { done, figures, elections } = await seenUnderLoad(what, async () => {
    await sleep(around);
    const result = await broken();
    await sleep(around);
    return result;
  });
  if (done.status === "rejected") throw done.reason;
  promise(figures, elections);
  return done.value;
}

/** Afterwards everything is as before, without a hand's help. */
const allWell = async (): Promise<void> => {
  await isWell();
  await until("all members of etcd are healthy", 120, async () => {
    for (const host of masters) await cluster.sure(host, "curl -fs --max-time 5 http://127.0.0.1:2381/health");
  });
};

describe("a cluster under load", () => {
  before("make a cluster", () => makeCluster());
  after("remove it", removeLab);
  afterEach("it recovers by itself", allWell);

  it("fails no request while nothing happens", () => whileBroken("nothing", () => sleep(lasts * 1000)));

  it("works while a kube-apiserver is killed", () =>
    whileBroken("kube-apiserver killed", async () => {
      await signal("life-1", "KILL", "kube-apiserver");
      await sleep(lasts * 1000);
    }));

  it("works while the leaders of controllers and schedulers are killed, and both have a new one", async () => {
    const leases = ["kube-controller-manager", "kube-scheduler"] as const;
    const took = await whileBroken("both leaders killed", () =>
      Promise.all(
        leases.map(async (lease) => {
          const [holder, host] = [await holderOf(lease), await holdingMaster(lease)];
          await signal(host, "KILL", lease);
          return shown(`a new leader of ${lease}`, await newHolderOf(lease, holder));
        }),
      ),
    );
    // The lab's lease lasts for 40 s, and standbys look every 5 s.
    for (const seconds of took) expect(seconds).to.be.at.most(60);
  });
});
