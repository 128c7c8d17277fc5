import { expect } from "chai";
import { clear, folder } from "../lib/engine/runner/stage.ts";
import { on } from "./lab/host.ts";
import { onConsole } from "../console.ts";
import { isBack, startWhenDown } from "./lab/machine.ts";
import { projectIn, start } from "./lab/project.ts";

describe("the action reboot", function () {
  this.timeout(600_000);
  const host = "engine-2";

  before(() => isBack(host));
  after(() => isBack(host));
  after(clear);

  it("restarts the host, waits for it, and continues the play over a new connection", async () => {
    const root = folder();
    projectIn(root, [host]);
    const first = await onConsole(host, "cut -d' ' -f22 /proc/1/stat");
    const running = start(root, "spec/engine/playbooks/reboot.ts", [], 150);
    // A container ends on a reboot and must be started; a machine starts by itself.
    await startWhenDown(host);
    const { code, output } = await running.ended;
    expect(code, output).to.equal(0);
    expect(output).to.match(/TASK \[restarted : Restart the host\] \*+\nchanged: \[engine-2\]/);
    await isBack(host);
    const after = await on(host, "cat /srv/reboot-after");
    expect(after).to.not.equal(first);
    expect(after).to.equal(await on(host, "cut -d' ' -f22 /proc/1/stat"));
  });
});
