import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { measured, type as run, until } from "../cluster/lab.ts";
import {
  cluster,
  isWell,
  makeCluster,
  masters,
  play,
  realTimes,
  removeLab,
  seenUnderLoad,
  type HostName,
  type LoadOn,
} from "./ha-cluster.ts";
import { holderOf, holdingMaster, newHolderOf, newLeaderOfEtcd } from "./leaders.ts";
import { promise } from "./under-load.ts";

const leads = async (): Promise<HostName> => (await cluster.etcdNow(masters)).leader;
const othersThan = (host: HostName): HostName[] => masters.filter((name) => name !== host);
const podman = async (...args: readonly string[]): Promise<void> => {
  const { code, output } = await run("podman", ...args);
  expect(code, output).to.equal(0);
};
/** Neither client works on the host that fails, and neither does the checker. */
const beside = (host: HostName): LoadOn => {
  const [other = "life-1"] = othersThan(host);
  return { hosts: ["life-worker", other], checker: other };
};
const signal = (host: HostName, name: string, unit: string) =>
  cluster.sure(host, `systemctl kill --signal=${name} ${unit}`);

const shown = (what: string, seconds: number | undefined): number => {
  measured(what, seconds ?? Number.NaN);
  return seconds ?? Number.POSITIVE_INFINITY;
};

/** Nobody of the other masters hears this one any more, and it hears none of them; the nodes and SSH reach it. */
const cut = (host: HostName): Promise<string> => {
  const addresses = othersThan(host)
    .map((name) => cluster.addressOf(name))
    .join(", ");
  const rules = ["input", "output"].map((chain) => {
    const side = chain === "input" ? "saddr" : "daddr";
    return `chain ${chain} { type filter hook ${chain} priority -300; ip ${side} { ${addresses} } drop; };`;
  });
  return cluster.sure(host, `nft 'table ip life_cut { ${rules.join(" ")} }'`);
};
const mend = (host: HostName): Promise<string> => cluster.sure(host, "nft delete table ip life_cut");

/** Seconds for which a fault lasts, if it does not end by itself. */
const lasts = 30;
/** Milliseconds before the fault, and after its end. */
const around = 10_000;

/** Breaks something for a while under load, and holds the promises about the API. Resolves to the result of `broken`. */
async function whileBroken<T>(what: string, on: LoadOn, broken: () => Promise<T>): Promise<T> {
  const { done, figures, elections } = await seenUnderLoad(
    what,
    async () => {
      await sleep(around);
      const result = await broken();
      await sleep(around);
      return result;
    },
    on,
  );
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
  before("make a cluster with the times of real machines", () => makeCluster(...realTimes));
  after("remove it", removeLab);
  afterEach("it recovers by itself", allWell);

  it("fails no request while nothing happens", () => whileBroken("nothing", {}, () => sleep(lasts * 1000)));

  it("works while a kube-apiserver is killed", () =>
    whileBroken("kube-apiserver killed", {}, async () => {
      await signal("life-1", "KILL", "kube-apiserver");
      await sleep(lasts * 1000);
    }));

  it("works while the leaders of controllers and schedulers are killed, and both have a new one", async () => {
    const leases = ["kube-controller-manager", "kube-scheduler"] as const;
    const took = await whileBroken("both leaders killed", {}, () =>
      Promise.all(
        leases.map(async (lease) => {
          const [holder, host] = [await holderOf(lease), await holdingMaster(lease)];
          await signal(host, "KILL", lease);
          return shown(`a new leader of ${lease}`, await newHolderOf(lease, holder));
        }),
      ),
    );
    // The lease lasts for 15 s, and standbys look every 2 s.
    for (const seconds of took) expect(seconds).to.be.at.most(30);
  });

  it("works while the leader of etcd is killed, and has a new one", async () => {
    const leader = await leads();
    const took = await whileBroken("etcd's leader killed", {}, async () => {
      await signal(leader, "KILL", "etcd");
      const seconds = await newLeaderOfEtcd(leader);
      await sleep(lasts * 1000);
      return shown("a new leader of etcd", seconds);
    });
    // Its own restart may win.
    expect(took).to.satisfy((seconds: number) => seconds <= 15 || seconds === Number.POSITIVE_INFINITY);
  });

  it("works while the host of etcd's leader is off, and has a new leader", async () => {
    const leader = await leads();
    const took = await whileBroken("the host of etcd's leader is off", beside(leader), async () => {
      await podman("kill", leader);
      const seconds = await newLeaderOfEtcd(leader);
      await sleep(lasts * 1000);
      return shown("a new leader of etcd", seconds);
    }).finally(() => podman("start", leader));
    expect(took).to.be.at.most(15);
  });

  it("works while a kube-apiserver hangs", () =>
    whileBroken("kube-apiserver hangs", {}, async () => {
      await signal("life-1", "STOP", "kube-apiserver");
      await sleep(lasts * 1000);
      await signal("life-1", "CONT", "kube-apiserver");
    }));

  it("works while a master is cut off from the other masters, and etcd has a new leader", async () => {
    const leader = await leads();
    const took = await whileBroken("the leader's master is cut off from the others", beside(leader), async () => {
      await cut(leader);
      const seconds = await newLeaderOfEtcd(leader);
      await sleep(lasts * 1000);
      await mend(leader);
      return shown("a new leader of etcd", seconds);
    });
    expect(took).to.be.at.most(15);
  });

  it("works while etcd's leader hangs, and has a new one", async () => {
    const leader = await leads();
    const took = await whileBroken("etcd's leader hangs", {}, async () => {
      await signal(leader, "STOP", "etcd");
      const seconds = await newLeaderOfEtcd(leader);
      await sleep(20_000);
      await signal(leader, "CONT", "etcd");
      return shown("a new leader of etcd", seconds);
    });
    expect(took).to.be.at.most(15);
  });

  it("has nothing left to change afterwards", async () => {
    const { output } = await play(...realTimes, "site");
    expect(output).to.match(/changed=0/);
  });
});
