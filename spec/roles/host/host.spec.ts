import { expect } from "chai";
import { resolve } from "#engine/tasks/output.ts";
import { host } from "#roles/host/index.ts";
import { hostOf, master, namesOf, node, taskNamed, tasksOf } from "../setting.ts";

const hosts = [node("n", "10.0.0.21"), master("m", "10.0.0.11"), node("dns", "dns.example.org")];
const tasks = (setting: { vars?: object; facts?: object } = {}) => tasksOf(host, { hosts, ...setting });
const values = (all: ReturnType<typeof tasks>) =>
  Object.fromEntries(
    all.flatMap(({ props }) => ("value" in props && "name" in props ? [[String(props.name), props.value]] : [])),
  );
const active = (is: string) => ({ load: "loaded", active: is, sub: "", enablement: "enabled", needsReload: false });

describe("the role host", () => {
  it("names the host, and gives it the names of those that have addresses", () => {
    expect(taskNamed(tasks(), "Keep its name over a boot").label).to.equal("/etc/hostname");
    const { diff } = taskNamed(tasks(), "Know every host by its name");
    const [found] = diff({ path: { type: "file" }, text: "127.0.1.1 n\n" });
    expect(found?.after).to.equal("10.0.0.21 n\n10.0.0.11 m\n");
  });

  it("installs in one go what later roles want on this host, and no more on one that is no node", () => {
    const namesFor = (...all: Parameters<typeof hostOf>[]) => {
      const [own] = tasksOf(host, {
        hosts: [...all.map((each) => hostOf(...each)), ...hosts.slice(1)],
        vars: { kube_proxy_mode: "nftables" },
      });
      return (own?.props as { readonly names: readonly string[] }).names;
    };
    expect(namesFor(["n", "10.0.0.21", "nodes"])).to.include.members([
      "curl",
      "nginx",
      "runc",
      "nftables",
      "conntrack",
    ]);
    expect(namesFor(["a", "10.0.0.9", "admin"]))
      .to.include.members(["nginx"])
      .and.not.include("runc");
  });

  it("leaves a container its name, its machine's kernel, swap and clock", () => {
    const facts = { container: true };
    expect(namesOf(tasks({ facts }))).to.deep.equal([
      "Install what every host needs",
      "Let system.slice come before pods",
      "Let user.slice come before pods",
      "Know every host by its name",
      "Set net.ipv4.ip_forward",
    ]);
    const know = tasks({ facts }).find(({ name }) => name === "Know every host by its name");
    expect(know?.props).to.include({ inPlace: true });
  });

  it("sets the kernel's parameters to what the kubelet's protectKernelDefaults insists on", () => {
    expect(values(tasks())).to.include({
      "net.ipv4.ip_forward": 1,
      "vm.overcommit_memory": 1,
      "vm.panic_on_oom": 0,
      "kernel.panic": 10,
      "kernel.panic_on_oops": 1,
      "kernel.keys.root_maxkeys": 1_000_000,
      "kernel.keys.root_maxbytes": 25_000_000,
    });
  });

  it("lowers no limit that is higher already", () => {
    const raise = taskNamed(tasks(), "Raise fs.inotify.max_user_watches");
    expect(raise.diff({ live: "1048576", path: { type: "absent" }, text: undefined })).to.deep.equal([]);
  });

  it("turns swap off, now and at boot, and leaves the rest of fstab", () => {
    const { steps } = taskNamed(tasks(), "Let no boot turn swap on");
    const content = "/dev/vda1 / ext4 defaults 0 1\n/dev/vda2 none swap sw 0 0\n# /dev/vda3 none swap sw 0 0\n";
    expect(steps({ path: { type: "file", mode: 0o644, owner: "root", group: "root" }, content })[0]).to.include({
      upload: "/dev/vda1 / ext4 defaults 0 1\n# /dev/vda3 none swap sw 0 0\n",
    });
    expect(taskNamed(tasks(), "Turn swap off").steps({ holds: false })).to.deep.equal([{ sh: "swapoff --all" }]);
  });

  it("leaves swap alone where the kubelet bears it", () => {
    expect(
      namesOf(tasks({ vars: { kubelet_fail_swap_on: false } })).filter((name) => name.includes("swap")),
    ).to.deep.equal([]);
  });
});

describe("the time of a host", () => {
  const keeperOf = (states: object, wanted = "systemd-timesyncd") => {
    const task = tasks({ vars: { host_time_service: wanted } }).find(({ name }) => name === "See who keeps the time");
    if (!task || !("resource" in task.does)) throw new Error("nobody looks");
    return task.does.resource.output?.(states, task.props, []) as unknown;
  };

  it("is kept by whoever does already, so that none is installed in its place", () => {
    expect(keeperOf({ ntpsec: active("active"), "systemd-timesyncd": active("inactive") })).to.deep.equal({
      name: "ntpsec",
      runs: true,
    });
    const both = { chrony: active("active"), "systemd-timesyncd": active("active") };
    expect(keeperOf(both, "chrony")).to.include({ name: "chrony" });
  });

  it("wants no package where it is kept, and that service to start at boot", () => {
    const all = tasks();
    const made = (runs: boolean) => {
      const keeper = all.find(({ name }) => name === "See who keeps the time")!;
      return all
        .slice(-2)
        .map(({ props }) =>
          resolve(props, (source) => (source === keeper ? { value: { name: "chrony", runs } } : undefined)),
        );
    };
    const kept = { name: "chrony", enabled: true, state: "started" };
    expect(made(true)).to.deep.equal([{ names: [] }, kept]);
    expect(made(false)).to.deep.equal([{ names: ["chrony"] }, kept]);
  });

  it("is kept by the service that is wanted where nothing does", () => {
    expect(keeperOf({ chrony: active("failed") })).to.deep.equal({ name: "systemd-timesyncd", runs: false });
  });

  it("is nobody's business where somebody else has it", () => {
    expect(
      namesOf(tasks({ vars: { host_time_service: "none" } })).filter((name) => name.includes("time")),
    ).to.deep.equal([]);
  });
});
