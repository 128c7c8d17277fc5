import { expect } from "chai";
import { truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { connect } from "#engine/connection/connect.ts";
import type { Content, Writer } from "#engine/connection/types.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { on, target } from "../lab/host.ts";
import { failure } from "./failure.ts";
import { carrierOf } from "./session.ts";

/** The sshd process of a connection is killed: the connection is not closed properly, and its command may run on. */
describe("a connection that is lost", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const open: Writer[] = [];
  const reach = async (): Promise<Writer> => {
    const writer = await connect(target("engine-1"));
    open.push(writer);
    return writer;
  };
  const onHost = (command: string) => on("engine-1", command);
  const old = "mkdir -p /srv/lost && rm -f /srv/lost/* /srv/lost/.k* && echo old > /srv/lost/file";

  afterEach(async () => {
    await Promise.all(open.splice(0).map((writer) => writer.close()));
  });

  it("while a command runs is reported as unreachable, and can be opened again", async () => {
    const writer = await reach();
    const sshd = await carrierOf(writer);
    const running = failure(writer.run("echo at work; sleep 30"));
    await onHost(`kill -9 ${sshd}`);
    const error = await running;
    expect(error.name).to.equal("UnreachableError");
    expect((await (await reach()).run("echo back")).stdout).to.equal("back\n");
  });

  it("discards commands that were sent after the running one", async () => {
    const writer = await reach();
    const sshd = await carrierOf(writer);
    await onHost("rm -f /srv/after /srv/first");
    const first = failure(writer.run("sleep 1; touch /srv/first"));
    const second = failure(writer.run("touch /srv/after"));
    await onHost(`sleep 0.3; kill -9 ${sshd}`);
    expect([(await first).name, (await second).name]).to.deep.equal(["UnreachableError", "UnreachableError"]);
    expect(await onHost("sleep 2; ls /srv/after 2>/dev/null || echo none")).to.equal("none");
  });

  it("during an upload keeps the old file, and no part of the new one", async () => {
    const large = path.join(folder, "large");
    writeFileSync(large, "");
    truncateSync(large, 400 << 20);
    await onHost(old);
    const writer = await reach();
    const sshd = await carrierOf(writer);
    const sending = failure(writer.upload({ content: { file: large }, to: "/srv/lost/file", mode: 0o644 }));
    await onHost(`until [ -s /srv/lost/.kubeplay.* ]; do sleep 0.05; done; kill -9 ${sshd}`);
    const error = await sending;
    expect(error.name).to.equal("UnreachableError");
    expect(error.message).to.include("/srv/lost/file");
    await onHost("sleep 1");
    expect(await onHost("cat /srv/lost/file; ls -A /srv/lost")).to.equal("old\nfile");
  });

  const contents: readonly [string, Content][] = [
    ["a small file", { bytes: Buffer.from("new\n") }],
    ["a large file", { bytes: Buffer.alloc(1 << 20, "new\n") }],
  ];
  for (const [what, content] of contents)
    it(`between the upload and the rename of ${what} leaves the complete old or new file`, async () => {
      await onHost(old);
      const writer = await reach();
      const sshd = await carrierOf(writer);
      // The validation runs after all bytes have arrived and before the rename.
      const validate = "touch /srv/lost/arrived && sleep 1 && test -s %s";
      const sending = failure(writer.upload({ content, to: "/srv/lost/file", mode: 0o644, validate }));
      await onHost(`until [ -e /srv/lost/arrived ]; do sleep 0.05; done; kill -9 ${sshd}`);
      expect((await sending).name).to.equal("UnreachableError");
      expect(await onHost("sleep 2; ls -A /srv/lost")).to.equal("arrived\nfile");
      const { bytes } = content as { bytes: Buffer };
      expect(["old", bytes.toString().trimEnd()]).to.include(await onHost("cat /srv/lost/file"));
    });
});
