import { expect } from "chai";
import { ansibleModule, type Task } from "kubeplay";
import { namesOf, predict, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { withAnsible } from "../lib/engine/with-ansible.ts";
import { host, on } from "./lab/host.ts";

describe("Ansible modules on a Debian host", function () {
  this.timeout(600_000);
  withAnsible();
  const module = (name: string, args: Readonly<Record<string, unknown>>): Task =>
    ansibleModule("m", { module: `ansible.builtin.${name}`, args });
  const twice = async (task: Task) => twiceOn(await host(), task);

  before(() =>
    on("command -v python3 >/dev/null || { apt-get -qq update && apt-get -qq install -y python3; } >/dev/null"),
  );
  before(() => on("userdel -r bridged 2>/dev/null; rm -rf /srv/bridged && mkdir /srv/bridged"));
  after(() => on("userdel -r bridged 2>/dev/null; rm -rf /srv/bridged"));

  it("make a user, and remove it", async () => {
    const user = { name: "bridged", shell: "/bin/sh", comment: "it's bridged" };
    expect(namesOf(await predict(await host(), module("user", user)))).to.deep.equal(["state"]);
    expect(await on("getent passwd bridged || echo none"), "after a check").to.equal("none");
    await twice(module("user", user));
    expect(await on("getent passwd bridged | cut -d: -f 5-")).to.equal("it's bridged:/home/bridged:/bin/sh");
    await twice(module("user", { name: "bridged", state: "absent", remove: true }));
    expect(await on("getent passwd bridged || echo none")).to.equal("none");
  });

  it("set the mode of a folder, and lines and blocks of a file", async () => {
    expect(await twice(module("file", { path: "/srv/bridged/d", state: "directory", mode: "02750" }))).to.include(
      "state",
    );
    await on("printf 'a=1\\nb=2\\n' > /srv/bridged/lines");
    await twice(module("lineinfile", { path: "/srv/bridged/lines", regexp: "^a=", line: "a=$(id) 'x'" }));
    await twice(module("blockinfile", { path: "/srv/bridged/lines", block: "c=3" }));
    expect(
      await on("stat -c %a /srv/bridged/d; head -n 2 /srv/bridged/lines; grep -c ANSIBLE /srv/bridged/lines"),
    ).to.equal("2750\na=$(id) 'x'\nb=2\n2");
    await twice(module("replace", { path: "/srv/bridged/lines", regexp: "^b=.*", replace: "b=3" }));
  });

  it("start and stop a service of systemd", async () => {
    await on(
      "printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > /etc/systemd/system/bridged.service; systemctl daemon-reload",
    );
    await twice(module("systemd_service", { name: "bridged", state: "started" }));
    expect(await on("systemctl is-active bridged")).to.equal("active");
    await twice(module("systemd_service", { name: "bridged", state: "stopped" }));
    await on("rm /etc/systemd/system/bridged.service; systemctl daemon-reload");
  });

  it("leave no file in a folder for temporary files, nor in the user's", async () => {
    expect(await on("ls -A /tmp /var/tmp /dev/shm ~ | grep -i ansible || echo none")).to.equal("none");
  });
});
