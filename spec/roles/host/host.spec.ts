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
const active = (is: string) => ({ load: "loaded", active: is, enablement: "enabled", needsReload: false });

describe("the role host", () => {
  it("sets the host's name, and writes the names of hosts with an IP address", () => {
    expect(taskNamed(tasks(), "Set its host name at boot").label).to.equal("/etc/hostname");
    const { diff } = taskNamed(tasks(), "Write the hosts' names to /etc/hosts");
    const [found] = diff({ path: { type: "file" }, text: "127.0.1.1 n\n" });
    expect(found?.after).to.equal("10.0.0.21 n\n10.0.0.11 m\n");
  });

  it("installs the packages of later roles on this host at once, without those of nodes on other hosts", () => {
    const namesFor = (...all: Parameters<typeof hostOf>[]) => {
      const [, own] = tasksOf(host, {
        hosts: [...all.map((each) => hostOf(...each)), ...hosts.slice(1)],
        vars: { kube_proxy_mode: "nftables" },
      });
      return (own?.props as { readonly names: readonly string[] }).names;
    };
    expect(namesFor(["n", "10.0.0.21", "nodes"])).to.include.members(["curl", "nginx", "nftables", "conntrack"]);
    expect(namesFor(["a", "10.0.0.9", "admin"]))
      .to.include.members(["nginx"])
      .and.not.include("nftables");
  });

  it("masks Debian's nginx before its package is installed: the package would start it, also at a boot", () => {
    const names = namesOf(tasks());
    expect(names.slice(0, 2)).to.deep.equal([
      "Mask Debian's own nginx service",
      "Install the packages that every host needs",
    ]);
  });

  it("does not change a container's name or its machine's kernel, swap and clock", () => {
    const facts = { container: true };
    expect(namesOf(tasks({ facts }))).to.deep.equal([
      "Mask Debian's own nginx service",
      "Install the packages that every host needs",
      "Give system.slice priority over pods",
      "Give user.slice priority over pods",
      "Write the hosts' names to /etc/hosts",
      "Set net.ipv4.ip_forward",
    ]);
    const names = tasks({ facts }).find(({ name }) => name === "Write the hosts' names to /etc/hosts");
    expect(names?.props).to.include({ inPlace: true });
  });

  it("sets the kernel parameters that the kubelet's protectKernelDefaults requires", () => {
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

  it("does not lower a higher limit", () => {
    const raise = taskNamed(tasks(), "Raise fs.inotify.max_user_watches");
    expect(raise.diff({ live: "1048576", path: { type: "absent" }, text: undefined })).to.deep.equal([]);
  });

  it("turns swap off now and at boot, and leaves the rest of fstab", () => {
    const { steps } = taskNamed(tasks(), "Turn swap off at boot");
    const content = "/dev/vda1 / ext4 defaults 0 1\n/dev/vda2 none swap sw 0 0\n# /dev/vda3 none swap sw 0 0\n";
    expect(steps({ path: { type: "file", mode: 0o644, owner: "root", group: "root" }, content })[0]).to.include({
      upload: "/dev/vda1 / ext4 defaults 0 1\n# /dev/vda3 none swap sw 0 0\n",
    });
    expect(taskNamed(tasks(), "Turn swap off now").steps({ holds: false })[0]).to.include({ sh: "swapoff --all" });
  });

  it("leaves swap alone if the kubelet allows it", () => {
    expect(
      namesOf(tasks({ vars: { kubelet_fail_swap_on: false } })).filter((name) => name.includes("swap")),
    ).to.deep.equal([]);
  });
});

describe("the time service of a host", () => {
  const keeperOf = (states: object, wanted = "systemd-timesyncd") => {
    const task = tasks({ vars: { host_time_service: wanted } }).find(
      ({ name }) => name === "Find the running time service",
    );
    if (!task || !("resource" in task.does)) throw new Error("no such resource");
    return task.does.resource.output?.(states, task.props, []) as unknown;
  };

  it("is the one that already runs, so that no other is installed", () => {
    expect(keeperOf({ ntpsec: active("active"), "systemd-timesyncd": active("inactive") })).to.deep.equal({
      name: "ntpsec",
      runs: true,
    });
    const both = { chrony: active("active"), "systemd-timesyncd": active("active") };
    expect(keeperOf(both, "chrony")).to.include({ name: "chrony" });
  });

  it("is started at boot, and installed only if none runs", () => {
    const all = tasks();
    const made = (runs: boolean) => {
      const keeper = all.find(({ name }) => name === "Find the running time service")!;
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

  it("is the configured one if none runs", () => {
    expect(keeperOf({ chrony: active("failed") })).to.deep.equal({ name: "systemd-timesyncd", runs: false });
  });

  it("is not managed with the value none", () => {
    expect(
      namesOf(tasks({ vars: { host_time_service: "none" } })).filter((name) => name.includes("time")),
    ).to.deep.equal([]);
  });
});
