import { expect } from "chai";
import { prepared } from "../engine/every-task.ts";
import { clear } from "../lib/engine/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { keepsEverything, projectOf } from "./project.ts";

/** Hosts with restricted file systems. */
describe("a host with restricted file systems", () => {
  const host = target("shape-strict");
  after(clear);

  it("applies every resource if /tmp, /var/tmp, /run and /dev/shm are mounted noexec", async () => {
    await on(
      host.name,
      `${prepared}
for folder in /tmp /var/tmp; do mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 tmpfs $folder; done
for folder in /run /dev/shm; do mount -o remount,noexec $folder; done`,
    );
    expect(await on(host.name, "cp /bin/true /tmp/true; /tmp/true 2>&1 || :")).to.include("Permission denied");
    await keepsEverything(projectOf(host));
  });

  describe("with a read-only /usr", () => {
    before(async () => {
      await on(
        host.name,
        `systemctl disable --now every; userdel -r every; dpkg --purge hello; rm -rf /srv/every /etc/systemd/system/every* /etc/sysctl.d/* /usr/local/bin/every
${prepared}
mount --bind /usr /usr && mount -o remount,bind,ro /usr`,
      );
      expect(await on(host.name, "touch /usr/x 2>&1 || :")).to.include("Read-only file system");
    });

    it("reports why packages cannot be installed", async () => {
      const ended = await projectOf(host).play("spec/shapes/everything.ts");
      expect(ended.code, ended.output).to.equal(2);
      expect(ended.output).to.include("packages are installed below /usr, which is not writable");
    });

    it("reports why a program cannot be installed there", async () => {
      const ended = await projectOf(host, { everything_without: ["Install a package"] }).play(
        "spec/shapes/everything.ts",
      );
      expect(ended.code, ended.output).to.equal(2);
      expect(ended.output).to.match(/\/usr\/local\/bin\/every could not be written: .*Read-only file system/);
    });

    it("applies everything else, with programs in a writable folder", async () => {
      await on(host.name, `systemctl daemon-reload; rm -rf /srv/every; mkdir -p /opt/bin; ${prepared}`);
      await keepsEverything(
        projectOf(host, { everything_without: ["Install a package"], everything_programs: "/opt/bin" }),
      );
    });
  });
});
