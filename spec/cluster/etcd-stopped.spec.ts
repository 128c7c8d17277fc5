import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { kubectl, lastSummary, masters, measured, onHost, play, until, type Ran } from "./lab.ts";

/** Milliseconds that etcd's leader is stopped, and that its members get to find together again. */
const [stopped, between] = [15_000, 10_000];

/** The address of the master whose member leads. */
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

/** Has many objects to make anew, of which most are custom resources. It may fail: nobody leads. */
const removeSome = (): Promise<Ran> =>
  kubectl(
    ...["delete", "prometheusrules,servicemonitors", "-A", "-l", "kubeplay.dev/set=kube-prometheus"],
    "--request-timeout=20s",
  );

/** Plays, as often as it takes for the leader to be stopped twice meanwhile. Gives each play. */
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

/** etcd has no leader for some seconds, and its clients of the stopped member wait until they give up on it. */
describe("while etcd's leader hangs for 15 s, twice", function () {
  for (const playbook of ["site", "addons"])
    it(`${playbook} ends well, with what it had to write`, async () => {
      const changed = ["-e", "coredns_replicas=3", "-e", "dashboard_replicas=2", "-e", "metrics_server_replicas=1"];
      const plays = await whileStopped(...changed, playbook);
      for (const { code, output } of plays) expect(code, output).to.equal(0);
      expect(plays[0]?.output).to.match(/changed=[1-9]/);
    });

  it("--check ends well too", async () => {
    for (const { code, output } of await whileStopped("--check", "site")) expect(code, output).to.equal(0);
  });

  after("the cluster is as its variables say, and stays so", async () => {
    const back = await play("site");
    expect(back.code, back.output).to.equal(0);
    const again = await play("site");
    expect(again.code, again.output).to.equal(0);
    expect(lastSummary().changes, again.output).to.deep.equal([]);
  });
});
