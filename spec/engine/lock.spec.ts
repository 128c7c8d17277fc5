import { expect } from "chai";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { bare, on, Project, site, type Playing } from "./plan/project.ts";

const hold = ["-e", "greeting_hold=true"];

describe("a lock", () => {
  let project: Project;
  let second: Project;

  beforeEach(async () => {
    project = new Project();
    second = new Project();
    await bare();
  });
  afterEach(() => {
    project.remove();
    second.remove();
  });

  /** Waits until a run holds its locks and is paused. */
  const atWork = async (isThere: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 750; tries++) {
      if (await isThere()) return;
      await sleep(200);
    }
    throw new Error("it never came to its pause");
  };
  const onPlan1 = () => atWork(async () => (await on("plan-1", "ls /srv/greeting/at-work || true")) !== "");
  const letOn = (...hosts: readonly string[]) => Promise.all(hosts.map((host) => on(host, "touch /srv/greeting/go")));
  const free = (host: string): Promise<string> =>
    on(host, "flock -n /run/kubeplay/lock true && echo free || echo held");
  const ended = async ({ ended }: Playing) => await ended;

  it("makes a second run wait, names the owner, and lets the run continue afterwards", async () => {
    const first = project.start("--limit", "lab", ...hold, site);
    await onPlan1();
    const other = second.start("--limit", "lab", "-e", "greeting_text=Second", site);
    await atWork(() => other.output().includes("Waiting for plan-1"));
    await letOn("plan-1", "plan-2");
    const [one, two] = await Promise.all([ended(first), ended(other)]);
    expect(one.code, one.output).to.equal(0);
    expect(two.code, two.output).to.equal(0);
    expect(two.output).to.match(
      /Waiting for plan-1: it is locked by \S+@\S+, run \S+, since \d{4}-\d\d-\d\dT[\d:]+Z \(0 of 60 s\)/,
    );
    expect(await on("plan-1", "head -n 1 /srv/greeting/text")).to.equal("Second");
    expect(await free("plan-1")).to.equal("free");
  });

  it("is waited for until the timeout, and then nothing is changed on the host", async () => {
    const first = project.start("--limit", "plan-1", ...hold, site);
    await onPlan1();
    const { code, output } = await second.play("--limit", "lab", "--lock-timeout", "0", "-e", "greeting_text=S", site);
    expect(code, output).to.equal(2);
    expect(output).to.match(/\[plan-1\]: FAILED!.*locked by \S+@\S+.*--lock-timeout/);
    expect(await on("plan-1", "head -n 1 /srv/greeting/text")).to.equal("Hello");
    expect(await on("plan-2", "head -n 1 /srv/greeting/text"), "the others go on").to.equal("S");
    await letOn("plan-1");
    expect((await ended(first)).code).to.equal(0);
  });

  it("does not block a check, or a run with nothing to do", async () => {
    const first = project.start("--limit", "plan-1", ...hold, site);
    await onPlan1();
    const check = await second.play("--limit", "plan-1", "--check", site);
    expect(check.code, check.output).to.equal(0);
    const idle = await second.play("--limit", "plan-1", "--lock-timeout", "0", "--skip-tags", "greeting", site);
    expect(idle.code, idle.output).to.equal(0);
    await letOn("plan-1");
    await ended(first);
  });

  it("ends with a killed run", async () => {
    const first = project.start("--limit", "plan-1", ...hold, site);
    await onPlan1();
    expect(await free("plan-1")).to.equal("held");
    first.child.kill("SIGKILL");
    await ended(first);
    const { code, output } = await second.play("--limit", "plan-1", "--lock-timeout", "5", site);
    expect(code, output).to.equal(0);
  });

  it("ends if the controller stays silent, and the run does nothing more on the host", async () => {
    const first = project.start("--limit", "plan-1", ...hold, site);
    await onPlan1();
    first.child.kill("SIGSTOP");
    await sleep(47_000);
    expect(await free("plan-1")).to.equal("free");
    await letOn("plan-1");
    first.child.kill("SIGCONT");
    const { code, output } = await ended(first);
    expect(code, output).to.equal(2);
    expect(output).to.match(/RUNNING HANDLER \[greeting : Write a note\][^]*the lock on plan-1 was lost/);
  });

  it("on the controller prevents two runs of the same inventory from making keys at once", async () => {
    const first = project.start("--limit", "localhost", "-e", `secrets_hold=${project.folder}`, site);
    await atWork(() => existsSync(project.at("at-work")));
    const { code, output } = await project.play(
      ...["--limit", "localhost", "--lock-timeout", "0", "-e", `secrets_key=${project.at("other.pem")}`, site],
    );
    expect(code, output).to.equal(2);
    expect(output).to.match(/\[localhost\]: FAILED!.*the controller is locked by/);
    project.write("go", "");
    expect((await ended(first)).code).to.equal(0);
  });
});
