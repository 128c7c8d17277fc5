import { expect } from "chai";
import { prepared } from "../engine/every-task.ts";
import { clear } from "../lib/engine/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { keepsEverything, projectOf } from "./project.ts";

/** Where people have been strict with their file systems. */
describe("a host where", () => {
  const host = target("shape-strict");
  after(clear);

  it("nothing may be executed in /tmp, /var/tmp, /run and /dev/shm has every resource kept", async () => {
    await on(
      host.name,
      `${prepared}
for folder in /tmp /var/tmp; do mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 tmpfs $folder; done
for folder in /run /dev/shm; do mount -o remount,noexec $folder; done`,
    );
    expect(await on(host.name, "cp /bin/true /tmp/true; /tmp/true 2>&1 || :")).to.include("Permission denied");
    await keepsEverything(projectOf(host));
  });

  describe("/usr is mounted read-only", () => {
    before(async () => {
      await on(
        host.name,
        `systemctl disable --now every; userdel -r every; dpkg --purge hello; rm -rf /srv/every /etc/systemd/system/every* /etc/sysctl.d/* /usr/local/bin/every
${prepared}
mount --bind /usr /usr && mount -o remount,bind,ro /usr`,
      );
      expect(await on(host.name, "touch /usr/x 2>&1 || :")).to.include("Read-only file system");
    });

    it("packages are an error that says why", async () => {
      const ended = await projectOf(host).play("spec/shapes/everything.ts");
      expect(ended.code, ended.output).to.equal(2);
      expect(ended.output).to.include("packages are installed below /usr, which cannot be written to here");
    });

    it("a program there is one too", async () => {
      const ended = await projectOf(host, { everything_without: ["Install a package"] }).play(
        "spec/shapes/everything.ts",
      );
      expect(ended.code, ended.output).to.equal(2);
      expect(ended.output).to.match(/\/usr\/local\/bin\/every could not be written: .*Read-only file system/);
    });

    it("everything else is kept, programs in a folder that takes them", async () => {
      await on(host.name, `systemctl daemon-reload; rm -rf /srv/every; mkdir -p /opt/bin; ${prepared}`);
      await keepsEverything(
        projectOf(host, { everything_without: ["Install a package"], everything_programs: "/opt/bin" }),
      );
    });
  });
});
