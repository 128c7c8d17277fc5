import { expect } from "chai";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { quote } from "#engine/shell/quote.ts";
import { bare, on, Project, site, type Playing } from "./plan/project.ts";
import { until } from "../until.ts";

const notebook = "spec/engine/plan/notebook.ts";

const hold = ["-e", "greeting_hold=true"];

describe("a lock", () => {
  let project: Project;
  let other: Project;

  beforeEach(async () => {
    project = new Project();
    other = new Project();
    await bare();
  });
  afterEach(() => {
    project.remove();
    other.remove();
  });

  /** Waits until a run holds its locks and is paused. */
  const atWork = (isThere: () => boolean | Promise<boolean>) => until("it came to its pause", isThere);
  const onPlan1 = () => atWork(async () => (await on("plan-1", "ls /srv/greeting/at-work || true")) !== "");
  const letOn = (...hosts: readonly string[]) => Promise.all(hosts.map((host) => on(host, "touch /srv/greeting/go")));
  const free = (host: string): Promise<string> =>
    on(host, "flock -n /run/kubeplay/lock true && echo free || echo held");
  const ended = async ({ ended }: Playing) => await ended;

  it("makes a second run wait, names the owner, and lets the run continue afterwards", async () => {
    const first = project.start("--limit", "lab", ...hold, site);
    await onPlan1();
    const second = other.start("--limit", "lab", "-e", "greeting_text=Second", site);
    await atWork(() => /Waiting for plan-[12]/.test(second.output()));
    await letOn("plan-1", "plan-2");
    const [one, two] = await Promise.all([ended(first), ended(second)]);
    expect(one.code, one.output).to.equal(0);
    expect(two.code, two.output).to.equal(0);
    expect(two.output).to.match(
      /Waiting for plan-[12]: it is locked by \S+@\S+, run \S+, since \d{4}-\d\d-\d\dT[\d:]+Z \(0 of 60 s\)/,
    );
    expect(await on("plan-1", "head -n 1 /srv/greeting/text")).to.equal("Second");
    expect(await free("plan-1")).to.equal("free");
  });

  it("is waited for until the timeout, and then nothing is changed on the host", async () => {
    const first = project.start("--limit", "plan-1", ...hold, site);
    await onPlan1();
    const { code, output } = await other.play("--limit", "lab", "--lock-timeout", "0", "-e", "greeting_text=S", site);
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
    const check = await other.play("--limit", "plan-1", "--check", site);
    expect(check.code, check.output).to.equal(0);
    const idle = await other.play("--limit", "plan-1", "--lock-timeout", "0", "--skip-tags", "greeting", site);
    expect(idle.code, idle.output).to.equal(0);
    await letOn("plan-1");
    await ended(first);
  });

  it("ends once the command has ended if the controller stays silent, and the run does nothing more there", async () => {
    const first = project.start("--limit", "plan-1", ...hold, site);
    await onPlan1();
    first.child.kill("SIGSTOP");
    await sleep(47_000);
    expect(await free("plan-1")).to.equal("held");
    await letOn("plan-1");
    await atWork(async () => (await free("plan-1")) === "free");
    first.child.kill("SIGCONT");
    const { code, output } = await ended(first);
    expect(code, output).to.be.oneOf([2, 4]);
    expect(output).to.match(/lock on plan-1 was lost|was terminated by signal KILL|lost its connection/);
    expect(await on("plan-1", "cat /srv/greeting/notes 2>/dev/null || echo none")).to.equal("none");
  });

  it("of one host is never waited for by a run that has the other's", async () => {
    for (const round of [1, 2, 3, 4]) {
      const runs = [project, other].map((one, index) =>
        one.start("--limit", "lab", "-e", `greeting_text=round-${String(round)}-of-${String(index)}`, site),
      );
      for (const { code, output } of await Promise.all(runs.map(ended))) expect(code, output).to.equal(0);
      const [one, two] = await Promise.all(
        ["plan-1", "plan-2"].map((host) => on(host, "head -n 1 /srv/greeting/text")),
      );
      expect(one)
        .to.equal(two)
        .and.to.include(`round-${String(round)}`);
    }
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

  describe("of a notebook", () => {
    // Its playbook does not have the others' variables.
    beforeEach(() => [project, other].forEach((one) => one.write("group_vars/all.json", "{}")));

    it("stays with a command whose run was killed, until the command has ended", async () => {
      const first = project.start("--limit", "plan-1", "-e", "notebook_hold=true", notebook);
      await onPlan1();
      first.child.kill("SIGKILL");
      await ended(first);
      const second = other.start("--limit", "plan-1", "-e", "notebook_line=second", notebook);
      await atWork(() => second.output().includes("Waiting for plan-1: it is locked by"));
      expect(await on("plan-1", "cat /srv/greeting/ended 2>/dev/null || echo running")).to.equal("running");
      await letOn("plan-1");
      const { code, output } = await ended(second);
      expect(code, output).to.equal(0);
      expect(await on("plan-1", "cat /srv/greeting/ended /srv/greeting/notes")).to.equal("ended\nzero\nsecond");
    });

    it("ends with its run although a command has left a program running", async () => {
      const { code, output } = await project.play("--limit", "plan-1", "-e", "notebook_daemon=true", notebook);
      expect(code, output).to.equal(0);
      expect(await free("plan-1")).to.equal("free");
      await on("plan-1", "kill $(cat /srv/greeting/daemon)");
    });

    it("lets each of two runs see what the other has written", async () => {
      const first = project.start("--limit", "plan-1", "-e", "notebook_hold=true", notebook);
      await onPlan1();
      const second = other.start("--limit", "plan-1", "-e", "notebook_line=second", notebook);
      await atWork(() => second.output().includes("Waiting for plan-1"));
      await letOn("plan-1");
      for (const { code, output } of await Promise.all([ended(first), ended(second)])) expect(code, output).to.equal(0);
      expect(await on("plan-1", "cat /srv/greeting/notes")).to.equal("zero\nfirst\nsecond");
    });

    describe("of root", () => {
      /** As a user who is nobody in particular. */
      const asKim = [
        "-e",
        "ansible_user=kim",
        "-e",
        "ansible_become=false",
        "-e",
        "notebook_folder=/home/kim/notebook",
      ];
      const kims = (command: string) => on("plan-1", `su - kim -c ${quote(command)}`);
      const inKims = async (name: string) =>
        (await on("plan-1", `ls /home/kim/notebook/${name} 2>/dev/null || :`)) !== "";

      before(() =>
        on(
          "plan-1",
          "id kim || useradd --uid 1500 --create-home --shell /bin/bash kim; id mallory || useradd --uid 1600 --create-home mallory",
        ),
      );
      afterEach(() =>
        on("plan-1", "rm -rf /home/kim/notebook; pkill -u mallory; rm -rf /run/lock/kubeplay* /tmp/kubeplay*"),
      );

      it("keeps other users' runs away", async () => {
        const first = project.start("--limit", "plan-1", "-e", "notebook_hold=true", notebook);
        await onPlan1();
        const second = other.start("--limit", "plan-1", ...asKim, notebook);
        await atWork(() => second.output().includes("Waiting for plan-1: it is locked by"));
        expect(await inKims("notes")).to.equal(false);
        await letOn("plan-1");
        for (const { code, output } of await Promise.all([ended(first), ended(second)]))
          expect(code, output).to.equal(0);
        expect(await kims("cat notebook/notes")).to.equal("zero\nfirst");
      });

      it("is waited for by other users' runs, and waits for them, also if they were killed", async () => {
        const first = project.start("--limit", "plan-1", ...asKim, "-e", "notebook_hold=true", notebook);
        await atWork(() => inKims("at-work"));
        first.child.kill("SIGKILL");
        await ended(first);
        const second = other.start("--limit", "plan-1", notebook);
        await atWork(() => second.output().includes("(so says user 1500)"));
        expect(await on("plan-1", "ls /srv/greeting 2>/dev/null || :")).to.equal("");
        await kims("touch notebook/go");
        const { code, output } = await ended(second);
        expect(code, output).to.equal(0);
        expect(await kims("cat notebook/ended")).to.equal("ended");
      });

      it("cannot be held, blocked or hidden by a stranger", async () => {
        await on(
          "plan-1",
          `su mallory -c ${quote(`
  for name in kubeplay-1500 kubeplay-0 kubeplay; do mkdir /run/lock/$name /tmp/$name; done
  flock /run/lock/kubeplay sleep 300 & flock /tmp/kubeplay sleep 300 & flock -s /run/kubeplay/lock sleep 300 & sleep 300 &
  ln -s "$(cut -d' ' -f22 /proc/$$/stat) root@controller" /run/lock/kubeplay.0.$$.1
  ln -s "$(cut -d' ' -f22 /proc/$!/stat) root@controller" /run/lock/kubeplay.1600.$!.1
  `)} >/dev/null 2>&1 &
  sleep 1`,
        );
        const { code, output } = await project.play("--limit", "plan-1", "--lock-timeout", "2", notebook);
        expect(code, output).to.equal(0);
        expect(output).to.match(
          /Not waiting longer for plan-1: root@controller \(so says user 1600\) may be at work there/,
        );
        const kim = await other.play("--limit", "plan-1", "--lock-timeout", "2", ...asKim, notebook);
        expect(kim.code, kim.output).to.equal(0);
        expect(await kims("cat notebook/notes")).to.equal("zero\nfirst");
      });
    });
  });
});
