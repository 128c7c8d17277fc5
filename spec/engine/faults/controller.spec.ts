import { expect } from "chai";
import { readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { clear, folder } from "../../lib/engine/runner/stage.ts";
import { on } from "../lab/host.ts";
import { projectIn, start } from "../lab/project.ts";

/** The program is ended during a run. The next run finishes everything, and no file is ever incomplete. */
describe("a run that is ended", function () {
  this.timeout(600_000);
  const slow = "spec/engine/faults/playbooks/slow.ts";
  const onHost = (command: string) => on("engine-1", command);
  const isBegun = () => onHost("until [ -s /srv/slow/begun ]; do sleep 0.05; done");
  const traces = () => onHost("cd /srv/slow && ls -A && cat told 2>/dev/null || :");
  const project = () => {
    const root = folder();
    projectIn(root, ["engine-1"]);
    return root;
  };
  const finishes = async (root: string) => {
    const again = await start(root, slow).ended;
    expect(again.code, again.output).to.equal(0);
    expect(await traces()).to.equal("begun\nfirst\nlast\nmade\ntold\ntold");
  };

  beforeEach(() => onHost("rm -rf /srv/slow && mkdir /srv/slow"));
  after(clear);

  it("by Ctrl-C finishes running tasks, reports the remaining ones, and exits with 99", async () => {
    const root = project();
    const running = start(root, slow);
    await isBegun();
    running.kill("SIGINT");
    const { code, output, seconds } = await running.ended;
    expect(code, output).to.equal(99);
    expect(await traces()).to.equal("begun\nfirst\nmade");
    expect(output).to.match(/TASK \[slow : Take long\] \*+\nchanged: \[engine-1\]/);
    expect(output).to.include('Not done on engine-1: 1 task of "Slowly", the next is "Write the last".');
    expect(output).to.include("Owed to engine-1: 1 handler, Tell.").and.include('Not begun: "And then".');
    expect(seconds).to.be.below(20);
    await finishes(root);
  });

  it("by Ctrl-C twice exits immediately with 99", async () => {
    const root = project();
    const running = start(root, slow);
    await isBegun();
    running.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const struck = Date.now();
    running.kill("SIGINT");
    const { code } = await running.ended;
    expect(code).to.equal(99);
    expect(Date.now() - struck, "milliseconds").to.be.below(1500);
    expect(await onHost("ls /srv/slow/last 2>/dev/null || echo none")).to.equal("none");
    await onHost("sleep 4");
    await finishes(root);
  });

  it("by kill -9 is finished by the next run, with its owed handlers", async () => {
    const root = project();
    const running = start(root, slow);
    await isBegun();
    running.kill("SIGKILL");
    expect((await running.ended).signal).to.equal("SIGKILL");
    // A task that has started on the host may finish there, but no later task starts.
    await onHost("sleep 5");
    expect(await onHost("ls /srv/slow/last 2>/dev/null || echo none")).to.equal("none");
    const [run = ""] = readdirSync(path.join(root, ".kubeplay/runs"));
    const told = readFileSync(path.join(root, ".kubeplay/runs", run, "events.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(told.map((line) => (JSON.parse(line) as { task?: string }).task).filter(Boolean)).to.deep.equal([
      "Write the first",
    ]);
    await finishes(root);
  });

  it("by kill -9 leaves its owed handlers on the host, for a run from another checkout", async () => {
    const running = start(project(), slow);
    await isBegun();
    running.kill("SIGKILL");
    await running.ended;
    const pending = () =>
      onHost("stat -c %a /var/lib/kubeplay/pending-handlers; cat /var/lib/kubeplay/pending-handlers");
    expect(await pending()).to.match(/^600\n.*Tell/);
    const elsewhere = project();
    const check = await start(elsewhere, slow, ["--check"]).ended;
    expect(check.output).to.include("RUNNING HANDLER [slow : Tell that it was told]");
    expect(await pending(), "a check writes nothing").to.match(/Tell/);
    await finishes(elsewhere);
    expect(await pending()).to.match(/"handlers":\[\]/);
  });

  it("by kill -9 during an upload keeps the old file, and no part of the new one", async () => {
    const root = project();
    writeFileSync(path.join(root, "large"), "");
    truncateSync(path.join(root, "large"), 300 << 20);
    await onHost("echo old > /srv/slow/large");
    const running = start(root, "spec/engine/faults/playbooks/large.ts");
    await onHost("until [ -s /srv/slow/.kubeplay.* ]; do sleep 0.02; done");
    running.kill("SIGKILL");
    await running.ended;
    await onHost("sleep 1");
    expect(await onHost("cat /srv/slow/large; ls -A /srv/slow")).to.equal("old\nlarge");
    const again = await start(root, "spec/engine/faults/playbooks/large.ts").ended;
    expect(again.code, again.output).to.equal(0);
    expect(await onHost("stat -c %s /srv/slow/large; ls -A /srv/slow")).to.equal(`${String(300 << 20)}\nlarge`);
  });
});
