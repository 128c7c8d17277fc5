import { expect } from "chai";
import { connect } from "#engine/connection/connect.ts";
import { prepared } from "../engine/every-task.ts";
import { clear } from "../lib/engine/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { keepsEverything, projectOf } from "./project.ts";

describe("a host whose /bin/sh is", () => {
  const host = target("shape-busybox");
  after(clear);

  it("dash, as on all other hosts here", async () => {
    expect(await on("shape-german", "readlink -f /bin/sh")).to.equal("/usr/bin/dash");
  });

  describe("busybox", () => {
    before(async () => {
      await on(
        host.name,
        `${prepared}
apt-get update -qq && apt-get install -qq -y busybox >/dev/null 2>&1
ln -sf busybox /usr/bin/sh && usermod --shell /bin/sh kubeplay`,
      );
    });

    it("supports a session with separate outputs, errors and exit codes, also for long outputs", async () => {
      expect(await on(host.name, "readlink -f /bin/sh")).to.equal("/usr/bin/busybox");
      const writer = await connect(host);
      const said = await writer.run("printf 'no end'; echo \"it's\" >&2; exit 7");
      const long = await writer.run("head -c 3000000 /dev/zero | tr '\\\\0' x; echo; false");
      const broken = await writer.run("if then");
      await writer.close();
      expect(said).to.deep.equal({ stdout: "no end", stderr: "it's\n", code: 7 });
      expect([long.stdout.length, long.code]).to.deep.equal([3_000_001, 1]);
      expect(broken.code).to.not.equal(0);
    });

    it("applies every resource", async () => {
      await keepsEverything(projectOf(host));
    });
  });
});
