import { expect } from "chai";
import { kernelModule, sysctl } from "kubeplay";
import type { Task } from "#engine/tasks/task.ts";
import { keep as keepOn, namesOf, predict, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { host, on } from "./lab/host.ts";

/** The parameters here belong to the host's own network namespace. */
describe("the kernel of a Debian host", function () {
  this.timeout(600_000);
  const twice = async (task: Task) => twiceOn(await host(), task);
  const forward = (value: number, file = "90-spec") => sysctl("s", { name: "net.ipv4.ip_forward", value, file });
  const ttl = "net.ipv4.ip_default_ttl";
  /** As at boot: everything is read again. */
  const boot = (parameter: string) => on(`/usr/lib/systemd/systemd-sysctl; cat /proc/sys/${parameter}`);
  const later = "/etc/sysctl.d/99-cis.conf";

  afterEach(() => on(`rm -f /etc/sysctl.conf /etc/sysctl.d/*.conf /usr/lib/sysctl.d/99-vendor.conf`));
  after(() => on(`echo 1 > /proc/sys/net/ipv4/ip_forward; echo 64 > /proc/sys/net/ipv4/ip_default_ttl`));

  it("parameters have the wanted value after a boot although a later file said otherwise", async () => {
    await on(`printf '# level 1\\n net.ipv4.ip_forward = 0\\nvm.swappiness=60\\n' > ${later}; chmod 640 ${later}`);
    expect(await twice(forward(1))).to.include(later);
    expect(await boot("net/ipv4/ip_forward")).to.equal("1");
    expect(await on(`cat ${later}; stat -c '%a %U' ${later}`)).to.equal(
      "# level 1\n#  net.ipv4.ip_forward = 0\nvm.swappiness=60\n640 root",
    );
  });

  it("parameters differ if only the later file came in the meantime, by another name of the parameter", async () => {
    await twice(forward(1));
    await on(`echo 'net/ipv4/conf/all/forwarding=0' > ${later}`);
    expect(await twice(forward(1))).to.deep.equal([later]);
    expect(await boot("net/ipv4/ip_forward")).to.equal("1");
  });

  it("parameters find the later file behind a link, as Debian 12 has one to /etc/sysctl.conf", async () => {
    await on(`echo '${ttl}=70' > /etc/sysctl.conf; ln -s ../sysctl.conf /etc/sysctl.d/99-sysctl.conf`);
    await twice(sysctl("s", { name: ttl, value: 61, file: "90-spec" }));
    expect(await boot("net/ipv4/ip_default_ttl")).to.equal("61");
    expect(await on("readlink /etc/sysctl.d/99-sysctl.conf; cat /etc/sysctl.conf")).to.equal(
      `../sysctl.conf\n# ${ttl}=70`,
    );
  });

  it("parameters are refused before anything is changed if a package's file says otherwise", async () => {
    await on(`echo '${ttl}=70' > /usr/lib/sysctl.d/99-vendor.conf; echo 64 > /proc/sys/net/ipv4/ip_default_ttl`);
    const task = (file: string) => sysctl("s", { name: ttl, value: 61, file });
    const message = await twice(task("90-spec")).then(String, (error: unknown) => (error as Error).message);
    expect(message).to.include("/usr/lib/sysctl.d/99-vendor.conf is read after /etc/sysctl.d/90-spec.conf");
    expect(await on("cat /proc/sys/net/ipv4/ip_default_ttl; ls /etc/sysctl.d")).to.match(/^64\n(README.*)?$/);
    await twice(task("99-xspec"));
    expect(await boot("net/ipv4/ip_default_ttl")).to.equal("61");
  });

  it("a module that modprobe.d denies differs, and stays denied if the kernel has none", async () => {
    const file = "/etc/modprobe.d/cis.conf";
    const text = "install no_such_module /bin/true\nblacklist other";
    await on(`printf '%s\\n' '${text}' > ${file}`);
    const task = kernelModule("m", { name: "no-such-module" });
    expect(namesOf(await predict(await host(), task))).to.deep.equal([file, "loaded", "content"]);
    const message = await keepOn(await host(), task).then(String, (error: unknown) => (error as Error).message);
    expect(message).to.include("the kernel has no module no-such-module");
    expect(await on(`cat ${file}; rm ${file}`)).to.equal(text);
  });

  it("parameters converge if the kernel stores them in another form", async () => {
    await on(
      "cd /proc/sys/net/ipv4; echo > ip_local_reserved_ports; echo 4096 > tcp_rmem; echo 64 > ip_default_ttl; echo '1 0' > ping_group_range",
    );
    const set = async (name: string, value: string) =>
      namesOf(await keepOn(await host(), sysctl("s", { name, value })));
    for (const [name, value] of [
      ["net.ipv4.ip_local_reserved_ports", "8080,9148,1-3,4"],
      ["net.ipv4.tcp_rmem", "8192"],
      [ttl, "0x3f"],
      ["net.ipv4.ping_group_range", "0\t 200"],
      ["net.ipv4.ip_local_reserved_ports", ""],
    ] as const) {
      expect(await set(name, value), name).to.include("value");
      expect(await set(name, value), `${name} again`).to.deep.equal([]);
    }
  });
});
