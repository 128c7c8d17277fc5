import { expect } from "chai";
import { service, unit } from "kubeplay";
import type { Task } from "#engine/tasks/task.ts";
import { keep as keepOn, namesOf, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { warningsOf } from "../lib/engine/resources/warnings-of.ts";
import { host, on } from "./lab/host.ts";

const sleeps = "[Service]\nExecStart=/bin/sleep infinity\n";
const install = "[Install]\nWantedBy=multi-user.target\n";
const bootScript = `#!/bin/sh
### BEGIN INIT INFO
# Provides: oldie
# Required-Start: $remote_fs
# Required-Stop: $remote_fs
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
`;

describe("systemd on a Debian host", function () {
  this.timeout(600_000);
  const keep = async (task: Task) => namesOf(await keepOn(await host(), task));
  const twice = async (task: Task) => twiceOn(await host(), task);
  const warnings = async (task: Task) => warningsOf(await host(), task);
  const enabled = (name: string) => on(`systemctl is-enabled '${name}' 2>/dev/null || :`);
  const write = (path: string, text: string) => on(`printf '%s' '${text}' > '${path}' && systemctl daemon-reload`);
  const failure = (task: Task) =>
    keep(task).then(
      () => "nothing failed",
      (error: unknown) => (error as Error).message,
    );

  describe("a template", () => {
    const name = "echo@.service";
    const text = `[Service]\nExecStart=/bin/sh -c "echo %i; exec sleep infinity"\n${install}`;

    it("is written, and its instances start now and at boot", async () => {
      expect(await twice(unit("u", { name, content: text }))).to.deep.equal(["content"]);
      expect(await twice(service("s", { name: "echo@one", state: "started", enabled: true }))).to.have.length(2);
      expect(await on("systemctl is-active echo@one")).to.equal("active");
      expect(await enabled("echo@one")).to.equal("enabled");
    });

    it("is read again if it changes while an instance runs", async () => {
      expect(await twice(unit("u", { name, content: `${text}# other\n` }))).to.deep.equal(["content"]);
      expect(await on("systemctl show -p NeedDaemonReload --value echo@one")).to.equal("no");
      await on(`echo '# by hand' >> /etc/systemd/system/${name}`);
      await on(`printf '%s' '${text}' > /etc/systemd/system/${name}; touch -d '+1 hour' /etc/systemd/system/${name}`);
      expect(await twice(unit("u", { name, content: text }))).to.deep.equal(["read by systemd"]);
    });

    it("takes a drop-in, and is removed", async () => {
      await twice(unit("u", { name, dropIn: "more", content: "[Service]\nNice=3\n" }));
      expect(await on("systemctl show -p Nice --value echo@two")).to.equal("3");
      await on("systemctl disable --now -q echo@one");
      await twice(unit("u", { name, dropIn: "more", state: "absent" }));
      await twice(unit("u", { name, state: "absent" }));
    });
  });

  describe("a unit that systemd calls", () => {
    const file = "/srv/elsewhere.service";
    after(() => on(`systemctl disable -q elsewhere; rm -f ${file} /etc/init.d/oldie; systemctl daemon-reload`));

    it("linked starts at boot once it is enabled", async () => {
      await write(file, sleeps + install);
      await on(`systemctl link -q ${file}`);
      expect(await twice(service("s", { name: "elsewhere", enabled: true }))).to.deep.equal(["enabled"]);
      expect(await enabled("elsewhere")).to.equal("enabled");
    });

    it("linked cannot start at boot without [Install]", async () => {
      await on("systemctl disable -q elsewhere");
      await write(file, sleeps);
      await on(`systemctl link -q ${file}`);
      expect(await failure(service("s", { name: "elsewhere", enabled: true }))).to.include(
        "elsewhere.service is linked, and its file has no [Install] section",
      );
    });

    it("enabled-runtime is enabled for good", async () => {
      await write("/usr/lib/systemd/system/brief.service", sleeps + install);
      await on("systemctl enable --runtime -q brief");
      expect(await twice(service("s", { name: "brief", enabled: true }))).to.deep.equal(["enabled"]);
      expect(await enabled("brief")).to.equal("enabled");
      await on("systemctl disable --runtime -q brief");
    });

    it("masked-runtime is masked for good, and unmasked", async () => {
      await on("systemctl disable -q brief; systemctl mask --runtime -q brief");
      expect(await twice(service("s", { name: "brief", masked: true }))).to.deep.equal(["masked"]);
      expect(await twice(service("s", { name: "brief", masked: false, enabled: true }))).to.deep.equal([
        "masked",
        "enabled",
      ]);
      await on("systemctl disable -q brief; rm /usr/lib/systemd/system/brief.service; systemctl daemon-reload");
    });

    it("generated starts at boot if it is a script of /etc/init.d, and no more", async () => {
      await write("/etc/init.d/oldie", bootScript);
      await on("chmod 755 /etc/init.d/oldie; systemctl daemon-reload");
      expect(await twice(service("s", { name: "oldie", enabled: true }))).to.deep.equal(["enabled"]);
      expect(await on("ls /etc/rc3.d | grep oldie")).to.equal("S01oldie");
      expect(await twice(service("s", { name: "oldie", enabled: false }))).to.deep.equal(["enabled"]);
      expect(await on("ls /etc/rc3.d | grep oldie")).to.equal("K01oldie");
    });

    it("generated keeps to /etc/fstab", async () => {
      await on(
        String.raw`mkdir -p '/mnt/a b'; printf '%s\n' 'tmpfs /mnt/a\040b tmpfs noauto 0 0' >> /etc/fstab; systemctl daemon-reload`,
      );
      const name = String.raw`mnt-a\x20b.mount`;
      expect(await failure(service("s", { name, enabled: true }))).to.include("is made of /etc/fstab at boot");
      expect(await twice(service("s", { name, state: "started" }))).to.deep.equal(["state"]);
      expect(await on("findmnt -n -o FSTYPE '/mnt/a b'")).to.equal("tmpfs");
      await on("umount '/mnt/a b'; sed -i '/a.040b/d' /etc/fstab; systemctl daemon-reload");
    });

    it("static starts at boot if the boot wants it", async () => {
      expect(await keep(service("s", { name: "systemd-journald", enabled: true }))).to.deep.equal([]);
      expect(await failure(service("s", { name: "systemd-journald", enabled: false }))).to.include("masked: true");
      expect(await failure(service("s", { name: "systemd-hostnamed", enabled: true }))).to.include("no [Install]");
    });

    it("alias is that unit", async () => {
      expect(await keep(service("s", { name: "sshd", state: "started", enabled: true }))).to.deep.equal([]);
      const folder = "/usr/lib/systemd/system";
      await write(`${folder}/one-name.service`, sleeps + install);
      await on(`ln -s one-name.service ${folder}/other-name.service; systemctl daemon-reload`);
      expect(await twice(service("s", { name: "other-name", enabled: true }))).to.deep.equal(["enabled"]);
      expect(await enabled("one-name")).to.equal("enabled");
      await on(`systemctl disable -q one-name; rm -f ${folder}/o*-name.service; systemctl daemon-reload`);
    });

    it("indirect, transient and bad are errors with their reasons", async () => {
      await write("/etc/systemd/system/also.service", `${sleeps}[Install]\nAlso=sshd.service\n`);
      await write("/etc/systemd/system/bad.service", "[Service\n");
      await on("systemd-run -q --unit=passing sleep infinity");
      const reason = (name: string) => failure(service("s", { name, enabled: true }));
      expect(await reason("also")).to.include("names only other units");
      expect(await reason("passing")).to.include("is gone after a boot");
      expect(await reason("bad")).to.include("systemd-analyze verify bad.service");
      await on("systemctl stop passing; rm /etc/systemd/system/also.service /etc/systemd/system/bad.service");
      await on("systemctl daemon-reload");
    });
  });

  describe("a service that does not stay up", () => {
    const content = (more: string) => `[Service]\nExecStart=/bin/sh -c "echo it is broken >&2; exit 3"\n${more}`;
    afterEach(() => on("systemctl stop dies; systemctl reset-failed dies 2>/dev/null || :"));

    it("fails to start if it ends at once, with its journal", async () => {
      await keep(unit("u", { name: "dies", content: content("ExecStartPost=/bin/sleep 0.3\n") }));
      const message = await failure(service("s", { name: "dies", state: "started" }));
      expect(message).to.include("it is broken").and.to.include("ExecMainStatus=3");
    });

    it("fails to start if it is oneshot and does not remain, or its condition is not met", async () => {
      const started = service("s", { name: "dies", state: "started" });
      await keep(unit("u", { name: "dies", content: "[Service]\nType=oneshot\nExecStart=/bin/echo it worked\n" }));
      expect(await failure(started))
        .to.include("RemainAfterExit=yes")
        .and.to.include("it worked");
      await keep(unit("u", { name: "dies", content: `[Unit]\nConditionPathExists=/no/such\n${sleeps}` }));
      expect(await failure(started)).to.include("ConditionResult=no");
    });

    it("is reported if systemd restarts it each second", async () => {
      const restarts = "Restart=always\nRestartSec=0.3\n[Unit]\nStartLimitIntervalSec=0\n";
      await keep(unit("u", { name: "dies", content: content(restarts) }));
      await on("systemctl start dies; sleep 3");
      const [warning] = await warnings(service("s", { name: "dies", state: "started" }));
      expect(warning).to.match(/^dies.service does not stay up: systemd restarted it \d+ times within the last minute/);
    });
  });

  it("a unit that failed and was removed is loaded once it is written again", async () => {
    const broken = unit("u", { name: "broken", content: "[Service]\nType=exec\nExecStart=/bin/no-such-program\n" });
    const absent = unit("u", { name: "broken", state: "absent" });
    await twice(broken);
    await failure(service("s", { name: "broken", state: "started" }));
    await twice(absent);
    await twice(broken);
    expect(await on("systemctl show -p LoadState --value broken")).to.equal("loaded");
    await twice(absent);
    await on("systemctl reset-failed broken 2>/dev/null || :");
  });

  it("a drop-in of others that overrides a unit is reported", async () => {
    const task = unit("u", { name: "sleeper", content: sleeps });
    await twice(task);
    await on("mkdir -p /etc/systemd/system/sleeper.service.d");
    expect(await warnings(task)).to.deep.equal([]);
    const file = "/etc/systemd/system/sleeper.service.d/override.conf";
    await write(file, "[Service]\nExecStart=\nExecStart=/bin/sleep 5\n");
    expect(await warnings(task)).to.deep.equal([`${file} is read later and sets Service.ExecStart differently`]);
    await on(`rm -r /etc/systemd/system/sleeper.service.d`);
    await twice(unit("u", { name: "sleeper", state: "absent" }));
  });
});
