import { expect } from "chai";
import type { Task } from "#engine/tasks/task.ts";
import { keep as keepOn, namesOf, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { host, on } from "./lab/host.ts";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import {
  archive,
  binary,
  command,
  directory,
  file,
  group,
  kernelModule,
  line,
  link,
  packages,
  service,
  sysctl,
  template,
  unit,
  user,
  wait,
} from "kubeplay";

/**
 * Applies each resource to a Debian 13 host over SSH and sudo: predicted, done, and done again. The result is also
 * checked with commands that the resource does not use.
 */
describe("on a Debian host", function () {
  this.timeout(600_000);
  const role = temporaryFolder();
  const keep = async (task: Task) => namesOf(await keepOn(await host(), task, role));
  const twice = async (task: Task) => twiceOn(await host(), task, role);
  const stat = (path: string) => on(`stat -c '%F %a %U:%G' '${path}'`);

  before(async () => {
    mkdirSync(`${role}/files`);
    mkdirSync(`${role}/templates`);
    await on("mkdir -p '/srv/it'\\''s here'");
  });

  describe("a file", () => {
    const dest = "/srv/file";

    it("is written with its owner and mode, and later only its changes", async () => {
      expect(await twice(file("f", { dest, content: "one\n", mode: 0o640, group: "adm" }))).to.deep.equal(["content"]);
      expect(await stat(dest)).to.equal("regular file 640 root:adm");
      expect(await twice(file("f", { dest, content: "one\n", owner: "kubeplay", mode: 0o4750 }))).to.deep.equal([
        "mode",
        "owner",
      ]);
      expect(await stat(dest)).to.equal("regular file 4750 kubeplay:adm");
      expect(await twice(file("f", { dest, content: "two\n" }))).to.deep.equal(["content", "mode"]);
      expect(await on(`cat ${dest}`)).to.equal("two");
    });

    it("from the role's files is streamed, with any bytes", async () => {
      writeFileSync(`${role}/files/large`, Buffer.alloc(3 << 20, Buffer.from([0, 255, 10, 13])));
      await twice(file("f", { dest: "/srv/it's here/large", src: "large" }));
      const [there] = (await on(`sha256sum < "/srv/it's here/large"`)).split(" ");
      const [here] = execFileSync("sha256sum", [`${role}/files/large`], { encoding: "utf8" }).split(" ");
      expect(there).to.equal(here);
    });

    it("is removed", async () => {
      await twice(file("f", { dest, state: "absent" }));
      expect(await on(`test -e ${dest} || echo gone`)).to.equal("gone");
    });
  });

  it("a template is rendered on the host", async () => {
    writeFileSync(`${role}/templates/a.hbs`, "name: {{name}}\n");
    await twice(template("t", { src: "a.hbs", dest: "/srv/rendered", values: { name: "it's" } }));
    expect(await on("cat /srv/rendered")).to.equal("name: it's");
  });

  it("a directory is made with its parents, changed, and removed with its contents", async () => {
    expect(await twice(directory("d", { path: "/srv/a/b c", mode: 0o2750, owner: "kubeplay" }))).to.deep.equal([
      "state",
    ]);
    expect(await stat("/srv/a/b c")).to.equal("directory 2750 kubeplay:root");
    expect(await stat("/srv/a")).to.equal("directory 755 root:root");
    expect(await twice(directory("d", { path: "/srv/a/b c", mode: 0o700 }))).to.deep.equal(["mode"]);
    await twice(directory("d", { path: "/srv/a", state: "absent" }));
    expect(await on("test -e /srv/a || echo gone")).to.equal("gone");
  });

  it("a link is made, changed and removed", async () => {
    await twice(link("l", { dest: "/srv/link", target: "some where" }));
    await twice(link("l", { dest: "/srv/link", target: "/etc" }));
    expect(await on("readlink /srv/link")).to.equal("/etc");
    await twice(link("l", { dest: "/srv/link", state: "absent" }));
    expect(await on("test -L /srv/link || echo gone")).to.equal("gone");
  });

  it("a line is added, replaced and removed", async () => {
    await on("printf 'a=1\\nb=2\\n' > /srv/lines; chmod 600 /srv/lines");
    await twice(line("l", { path: "/srv/lines", line: "b=3", match: "^b=" }));
    await twice(line("l", { path: "/srv/lines", line: "c=4" }));
    await twice(line("l", { path: "/srv/lines", line: "a=1", state: "absent" }));
    expect(await on("cat /srv/lines; stat -c %a /srv/lines")).to.equal("b=3\nc=4\n600");
  });

  it("a group and a user are made, changed and removed", async () => {
    expect(await twice(group("g", { name: "crew", gid: 4711 }))).to.deep.equal(["state"]);
    expect(await twice(group("g", { name: "crew", gid: 4712 }))).to.deep.equal(["gid"]);
    expect(await on("getent group crew")).to.equal("crew:x:4712:");
    await twice(user("u", { name: "ann", uid: 4000, groups: ["crew"], comment: "it's Ann" }));
    expect(await on("getent passwd ann")).to.equal("ann:x:4000:4000:it's Ann:/home/ann:/bin/bash");
    expect(await on("id -nG ann")).to.equal("ann crew");
    expect(await stat("/home/ann")).to.equal("directory 700 ann:ann");
    expect(await twice(user("u", { name: "ann", shell: "/bin/sh", groups: ["adm"] }))).to.deep.equal([
      "shell",
      "groups",
    ]);
    expect(await on("id -nG ann")).to.equal("ann adm crew");
    await twice(user("u", { name: "robot", system: true }));
    expect(await on("getent passwd robot | cut -d : -f 6-")).to.equal("/home/robot:/usr/sbin/nologin");
    await twice(user("u", { name: "ann", state: "absent" }));
    await twice(group("g", { name: "crew", state: "absent" }));
    expect(await on("getent passwd ann; getent group crew ann; echo none")).to.equal("none");
  });

  describe("packages", () => {
    before(async () => {
      if ((await on("dpkg-query -W nginx 2>/dev/null || :")) !== "") throw new Error("nginx is there already");
    });

    it("are installed without starting their services, and removed", async () => {
      expect(await twice(packages("p", { names: ["nginx"] }))).to.deep.equal(["nginx"]);
      expect(await on("command -v nginx; systemctl is-active nginx || :")).to.equal("/usr/sbin/nginx\ninactive");
      expect(await on("ls /usr/sbin/policy-rc.d 2>/dev/null || echo none")).to.equal("none");
      await twice(packages("p", { names: ["nginx"], state: "absent" }));
      expect(await on("command -v nginx || echo none")).to.equal("none");
    });

    it("are named in an error if they do not exist", async () => {
      expect(await failure(keep(packages("p", { names: ["no-such-thing"] })))).to.include("no-such-thing");
    });
  });

  describe("a unit and its service", () => {
    const content = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n";

    it("are written, started, enabled at boot, and stopped", async () => {
      await twice(unit("u", { name: "sleeper", content }));
      expect(await twice(service("s", { name: "sleeper", state: "started", enabled: true }))).to.deep.equal([
        "enabled",
        "state",
      ]);
      expect(await on("systemctl is-active sleeper; systemctl is-enabled sleeper")).to.equal("active\nenabled");
      expect(await twice(service("s", { name: "sleeper", state: "stopped", enabled: false }))).to.have.length(2);
      expect(await on("systemctl is-active sleeper; systemctl is-enabled sleeper; :")).to.equal("inactive\ndisabled");
    });

    it("have converged with noBlock while the start waits for another unit", async () => {
      await keep(unit("u", { name: "first", content: "[Service]\nType=oneshot\nExecStart=/bin/sleep infinity\n" }));
      const after = "[Unit]\nWants=first.service\nAfter=first.service\n[Service]\nExecStart=/bin/sleep infinity\n";
      await keep(unit("u", { name: "second", content: after }));
      await twice(service("s", { name: "second", state: "started", noBlock: true }));
      expect(await on("systemctl is-active second || :")).to.equal("inactive");
      await on("systemctl stop second first");
    });

    it("accept a drop-in, which systemd has loaded", async () => {
      // That of systemd itself, which may not be 0.
      const usual = await on("systemctl show -p Nice --value sleeper");
      await twice(unit("u", { name: "sleeper", dropIn: "more", content: "[Service]\nNice=13\n" }));
      expect(await on("systemctl show -p Nice --value sleeper")).to.equal("13");
      await twice(unit("u", { name: "sleeper", dropIn: "more", state: "absent" }));
      expect(await on("systemctl show -p Nice --value sleeper")).to.equal(usual);
    });

    it("can be masked, which is reported if they must start", async () => {
      await on("rm /etc/systemd/system/sleeper.service; systemctl daemon-reload");
      await on(
        "printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /usr/lib/systemd/system/sleeper.service",
      );
      await twice(service("s", { name: "sleeper", masked: true }));
      expect(await failure(keep(service("s", { name: "sleeper", state: "started" })))).to.include("is masked");
      await twice(service("s", { name: "sleeper", masked: false, state: "started" }));
      expect(await on("systemctl is-active sleeper")).to.equal("active");
      await on("systemctl stop sleeper; rm /usr/lib/systemd/system/sleeper.service; systemctl daemon-reload");
    });

    it("report why they fail to start", async () => {
      await keep(unit("u", { name: "broken", content: "[Service]\nType=exec\nExecStart=/bin/no-such-program\n" }));
      expect(await failure(keep(service("s", { name: "broken", state: "started" })))).to.include("no-such-program");
      await twice(unit("u", { name: "broken", state: "absent" }));
    });
  });

  it("a kernel parameter is set now and for the next boot", async () => {
    const name = "net.ipv4.ip_default_ttl";
    await on("sysctl -qw net.ipv4.ip_default_ttl=64");
    const found = await twice(sysctl("s", { name, value: 63, file: "90-spec" }));
    expect(found).to.deep.equal(["value", "/etc/sysctl.d/90-spec.conf"]);
    expect(await on("cat /proc/sys/net/ipv4/ip_default_ttl /etc/sysctl.d/90-spec.conf")).to.equal(`63\n${name} = 63`);
    await on("sysctl -qw net.ipv4.ip_default_ttl=64");
    expect(await twice(sysctl("s", { name, value: 63, file: "90-spec" }))).to.deep.equal(["value"]);
  });

  // All containers share this machine's kernel, so the modules that can be loaded depend on the machine.
  it("an existing kernel module is not loaded again, and a missing one is an error", async () => {
    const builtIn = "tcp_cubic";
    expect(await on(`ls -d /sys/module/${builtIn}`)).to.include(builtIn);
    expect(await keep(kernelModule("m", { name: builtIn }))).to.deep.equal([]);
    expect(await failure(keep(kernelModule("m", { name: "no_such_module" })))).to.include(
      "the kernel has no module no_such_module",
    );
  });

  it("an archive is unpacked once, and again if it changed", async () => {
    const pack = (text: string) => {
      mkdirSync(`${role}/tree/top`, { recursive: true });
      writeFileSync(`${role}/tree/top/tool`, `${text}\n`);
      execFileSync("tar", ["-C", `${role}/tree`, "-czf", `${role}/files/a.tar.gz`, "top"]);
    };
    const task = archive("a", { src: "a.tar.gz", dest: "/srv/unpacked", strip: 1 });
    pack("one");
    await twice(task);
    pack("two");
    await twice(task);
    expect(await on("cat /srv/unpacked/tool; stat -c %U /srv/unpacked/tool")).to.equal("two\nroot");
  });

  it("a program is installed and can be run", async () => {
    writeFileSync(`${role}/files/tool`, "#!/bin/sh\necho works\n");
    await twice(binary("b", { src: `${role}/files/tool`, dest: "/usr/local/bin/tool" }));
    expect(await on("tool")).to.equal("works");
  });

  it("a command runs until the file that it creates exists, as root", async () => {
    const found = await twice(command("c", { run: "id -un > /srv/ran", creates: "/srv/ran" }));
    expect(found).to.have.length(1);
    expect(await on("cat /srv/ran")).to.equal("root");
  });

  it("a wait ends when a port accepts connections", async () => {
    await keep(wait("w", { until: { port: 22 }, timeout: 5 }));
    expect(await failure(keep(wait("w", { until: { port: 9 }, timeout: 1 })))).to.include("port 9 of 127.0.0.1");
  });
});

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("nothing failed");
}
