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

/** Stops the leader twice at least, and again until the play has ended. Gives how often it was stopped meanwhile. */
async function stopUntil(ended: () => boolean): Promise<number> {
  let times = 0;
  for (; times < 2 || !ended(); times++) {
    if (ended()) break;
    const master = await leader();
    try {
      await signal(master, "STOP");
      await sleep(stopped);
    } finally {
      await signal(master, "CONT");
    }
    await sleep(between);
  }
  return times;
}

/** Has many objects to make anew, of which most are custom resources. */
async function removeSome(): Promise<void> {
  const { code, output } = await kubectl(
    ...["delete", "prometheusrules,servicemonitors", "-A", "-l", "kubeplay.dev/set=kube-prometheus"],
  );
  expect(code, output).to.equal(0);
}

/** `minimum`: a play that ends sooner was not tried. */
async function whileStopped(minimum: number, ...args: readonly string[]): Promise<Ran> {
  await removeSome();
  let ended = false;
  const playing = play(...args).finally(() => (ended = true));
  const times = await stopUntil(() => ended);
  const ran = await playing;
  expect(times, "the leader was stopped while it was played").to.be.at.least(minimum);
  measured(args.join(" "), ran.seconds);
  return ran;
}

/** etcd has no leader for some seconds, and its clients of the stopped member wait until they give up on it. */
describe("while etcd's leader hangs for 15 s, twice", function () {
  for (const playbook of ["site", "addons"])
    it(`${playbook} ends well, with what it had to write`, async () => {
      const changed = ["-e", "coredns_replicas=3", "-e", "dashboard_replicas=2", "-e", "metrics_server_replicas=1"];
      const { code, output } = await whileStopped(2, ...changed, playbook);
      expect(code, output).to.equal(0);
      expect(lastSummary().changes, output).not.to.be.empty;
    });

  it("--check ends well too", async () => {
    const { code, output } = await whileStopped(1, "--check", "site");
    expect(code, output).to.equal(0);
  });

  after("the cluster is as its variables say, and stays so", async () => {
    const back = await play("site");
    expect(back.code, back.output).to.equal(0);
    const again = await play("site");
    expect(again.code, again.output).to.equal(0);
    expect(lastSummary().changes, again.output).to.deep.equal([]);
  });
});
