import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { kubectl, lastSummary, masters, measured, onHost, play, until, type Ran } from "./lab.ts";

/** Milliseconds for which etcd's leader is stopped, and for which the members may recover. */
const [stopped, between] = [15_000, 10_000];

/** The address of the master whose member is the leader. */
async function leader(): Promise<string> {
  let found: string | undefined;
  await until("a leader of etcd", 60, async () => {
    const answers = await Promise.all(
      masters.map((master) => onHost(master, "curl -fs --max-time 5 http://127.0.0.1:2381/metrics")),
    );
    found = masters.find((_, index) => /^etcd_server_is_leader 1$/m.test(answers[index]?.output ?? ""));
    expect(found, "a member that leads").not.to.equal(undefined);
  });
  return found ?? "";
}

const signal = async (master: string, name: "STOP" | "CONT"): Promise<void> => {
  const { code, output } = await onHost(master, `systemctl kill --signal=${name} etcd`);
  expect(code, output).to.equal(0);
};

/** Stops the leader twice. */
async function stopTwice(): Promise<void> {
  for (let times = 0; times < 2; times++) {
    const master = await leader();
    try {
      await signal(master, "STOP");
      await sleep(stopped);
    } finally {
      await signal(master, "CONT");
    }
    await sleep(between);
  }
}

/** Deletes many objects, mostly custom resources, which must be made again. May fail while there is no leader. */
const removeSome = (): Promise<Ran> =>
  kubectl(
    ...["delete", "prometheusrules,servicemonitors", "-A", "-l", "kubeplay.dev/set=kube-prometheus"],
    "--request-timeout=20s",
  );

/** Plays repeatedly until the leader has been stopped twice. Resolves to all plays. */
async function whileStopped(...args: readonly string[]): Promise<readonly Ran[]> {
  const stopping = { over: false };
  const stops = stopTwice().finally(() => (stopping.over = true));
  const plays: Ran[] = [];
  while (!stopping.over) {
    await removeSome();
    plays.push(await play(...args));
    measured(args.join(" "), plays.at(-1)?.seconds ?? 0);
  }
  await stops;
  return plays;
}

/** etcd has no leader for some seconds, and clients of the stopped member wait until they time out. */
describe("while etcd's leader hangs for 15 s, twice", function () {
  for (const playbook of ["site", "addons"])
    it(`${playbook} succeeds and writes its changes`, async () => {
      const changed = ["-e", "coredns_replicas=3", "-e", "dashboard_replicas=2", "-e", "metrics_server_replicas=1"];
      const plays = await whileStopped(...changed, playbook);
      for (const { code, output } of plays) expect(code, output).to.equal(0);
      expect(plays[0]?.output).to.match(/changed=[1-9]/);
    });

  it("--check succeeds", async () => {
    for (const { code, output } of await whileStopped("--check", "site")) expect(code, output).to.equal(0);
  });

  after("restore the cluster to its variables", async () => {
    const back = await play("site");
    expect(back.code, back.output).to.equal(0);
    const again = await play("site");
    expect(again.code, again.output).to.equal(0);
    expect(lastSummary().changes, again.output).to.deep.equal([]);
  });
});
