import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "#engine/connection/connect.ts";
import { clear, folder } from "../../lib/engine/runner/stage.ts";
import { on, target } from "../lab/host.ts";
import { onConsole } from "../../console.ts";
import { connectAgain, cutOff, isBack, reboot } from "../lab/machine.ts";
import { projectIn, start } from "../lab/project.ts";
import { failure } from "./failure.ts";

/** Connections are not closed: packets are lost, or a machine disappears suddenly. */
describe("a host that stops answering", function () {
  this.timeout(600_000);
  const slow = "spec/engine/faults/playbooks/slow.ts";
  const host = "engine-2";
  const project = (...hosts: readonly string[]) => {
    const root = folder();
    projectIn(root, hosts);
    return root;
  };
  /** Long enough that the play still runs when the host is cut off, even on a busy machine. */
  const begin = (root: string) => start(root, slow, ["-e", "slow_seconds=25"], 180);
  const isBegun = () => onConsole(host, "until [ -s /srv/slow/begun ]; do sleep 0.05; done");

  beforeEach(async () => {
    await isBack(host);
    for (const one of ["engine-1", host]) await on(one, "rm -rf /srv/slow && mkdir /srv/slow");
  });
  afterEach(async () => {
    await connectAgain(host);
    await isBack(host);
  });
  after(clear);

  it("for 30 seconds is waited for: the command answers, and the session stays the same", async () => {
    const writer = await connect(target(host));
    const { stdout: shell } = await writer.run("echo $$");
    const running = writer.run("sleep 3; echo done");
    await sleep(500);
    await cutOff(host);
    await sleep(30_000);
    await connectAgain(host);
    expect((await running).stdout).to.equal("done\n");
    expect((await writer.run("echo $$")).stdout).to.equal(shell);
    await writer.close();
  });

  it("forever is unreachable within about a minute, the next command fails immediately, and closing does not hang", async () => {
    const writer = await connect(target(host));
    await writer.run("true");
    await cutOff(host);
    const started = Date.now();
    const error = await failure(writer.run("sleep 3; echo done"));
    expect(error.name).to.equal("UnreachableError");
    expect(error.message)
      .to.include(host)
      .and.match(/keepalive/i);
    expect(Date.now() - started, "milliseconds").to.be.below(90_000);
    const asked = Date.now();
    expect((await failure(writer.run("true"))).name).to.equal("UnreachableError");
    await writer.close();
    expect(Date.now() - asked, "milliseconds").to.be.below(5000);
  });

  it("during a run is unreachable, exit code 4, the other host continues, and the next run finishes", async () => {
    const root = project("engine-1", host);
    const running = begin(root);
    await isBegun();
    await cutOff(host);
    const { code, output } = await running.ended;
    expect(code, output).to.equal(4);
    expect(output).to.match(/fatal: \[engine-2\]: UNREACHABLE! => .*engine-2/);
    expect(output).to.match(/engine-1 +: ok=\d+ +changed=4 +unreachable=0/);
    expect(output).to.match(/engine-2 +: ok=1 +changed=1 +unreachable=1/);
    await connectAgain(host);
    await isBack(host);
    const again = await start(root, slow).ended;
    expect(again.code, again.output).to.equal(0);
    expect(await on(host, "cd /srv/slow && ls -A && cat told")).to.equal("begun\nfirst\nlast\nmade\ntold\ntold");
  });

  it("because it reboots during a run is unreachable, and the next run finishes", async () => {
    const root = project(host);
    const running = begin(root);
    await isBegun();
    await reboot(host);
    const { code, output } = await running.ended;
    expect(code, output).to.equal(4);
    expect(output).to.match(/fatal: \[engine-2\]: UNREACHABLE! =>/);
    await isBack(host);
    expect(await on(host, "ls /srv/slow/made 2>/dev/null || echo none"), "the command died with it").to.equal("none");
    const again = await start(root, slow).ended;
    expect(again.code, again.output).to.equal(0);
    expect(await on(host, "cd /srv/slow && cat first last made told")).to.equal("first\nlast\nmade\ntold");
  });
});
