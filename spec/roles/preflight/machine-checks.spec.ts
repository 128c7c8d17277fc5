import { expect } from "chai";
import { doubtsOf } from "#roles/preflight/machine-checks.ts";
import { hostOf } from "../setting.ts";
import { areNamed, good, problems, withFacts } from "./good.ts";

const kubelet = (change: Partial<typeof good.kubelet>) => ({ kubelet: { ...good.kubelet, ...change } });

describe("preflight's check of the machine", () => {
  areNamed([
    [
      "another system",
      withFacts({ os: { id: "debian", version: "11", codename: "bullseye", name: "Debian 11" } }),
      "System: it runs Debian 11, expected Debian 13, Debian 12 or Ubuntu 24.04: install one of them",
    ],
    [
      "another architecture",
      withFacts({ architecture: "riscv64" }),
      "Architecture: its architecture is riscv64, expected amd64 or arm64",
    ],
    [
      "an architecture without binaries, and the remedy",
      withFacts({ architecture: "arm64" }),
      "Architecture: its architecture is arm64, but binaries are provided for amd64: set artifact_architectures to [amd64, arm64]",
    ],
    [
      "another init system",
      withFacts({ systemd: false }),
      "Systemd: systemd does not run, expected it as the init system: install it and reboot",
    ],
    [
      "a user who is not root",
      withFacts({ user: "debian" }),
      "Root: tasks would run as debian, expected root: set ansible_become",
    ],
    [
      "a system that enforces SELinux",
      withFacts({ selinux: "enforcing" }),
      "SELinux: it enforces SELinux, but kubeplay's files have no labels: set SELINUX=permissive in /etc/selinux/config, and run setenforce 0",
    ],
    [
      "a machine without a machine id",
      withFacts({ machineId: "uninitialized" }),
      'MachineId: /etc/machine-id is "uninitialized", expected 32 hexadecimal digits: run systemd-machine-id-setup',
    ],
    [
      "a machine that was cloned with its machine id",
      { twins: [good.masters[1]!] },
      `MachineId: its /etc/machine-id, ${good.facts.machineId}, is also that of b: remove the file on one of them, run systemd-machine-id-setup and reboot`,
    ],
    ["a master with one CPU", withFacts({ cpus: 1 }), "Cpus: it has 1 CPU, expected 2 or more for a master: add CPUs"],
    [
      "too little memory",
      withFacts({ memory: 2 ** 29 }),
      "Memory: it has 0.5 GiB of memory, expected 1.6 GiB or more: add memory",
    ],
    [
      "a full disk",
      withFacts({ free: { "/": 2 ** 30 } }),
      "Disk: /var/lib has 1.0 GiB free, expected 4 GiB or more: free some space",
    ],
    [
      "swap that a container cannot turn off",
      withFacts({ swap: 1, container: true }),
      "Swap: it has swap, which a container cannot turn off: set kubelet_fail_swap_on to false",
    ],
    [
      "cgroup v1",
      withFacts({ cgroup: 1 }),
      "Cgroup: it has cgroup v1, expected v2 for the kubelet: boot it with systemd.unified_cgroup_hierarchy=1",
    ],
    [
      "different cgroup drivers",
      { systemdCgroup: false },
      "CgroupDriver: the kubelet's cgroup driver is systemd and containerd's cgroupfs, expected the same: set kubelet_cgroup_driver or containerd_systemd_cgroup",
    ],
    [
      "a clock that is off",
      withFacts({ clockSkew: -90 }),
      "Clock: its clock is -90 s off the controller's, expected 5 s at most: certificates would not be valid. Set up NTP",
    ],
    [
      "a kernel whose modules are missing",
      withFacts({ kernelModules: ["ip_vs"] }),
      "KernelModules: its kernel 6.12.0 has no overlay and no br_netfilter: if the kernel was updated, reboot the host first",
    ],
    [
      "ipvs with a kernel that lacks it, and the remedy",
      withFacts({ kernelModules: ["overlay", "br_netfilter"] }),
      "KubeProxyMode: its kernel 6.12.0 has no ip_vs, which kube_proxy_mode ipvs needs: set kube_proxy_mode to nftables",
    ],
    [
      "nftables on an old kernel",
      { ...withFacts({ kernel: "5.10.0-32-amd64" }), proxyMode: "nftables" },
      "KubeProxyMode: it runs kernel 5.10.0-32-amd64, expected 5.13 or newer for kube_proxy_mode nftables: set kube_proxy_mode to iptables",
    ],
  ]);

  it("accepts nftables from kernel 5.13 on, without ip_vs", () => {
    for (const kernel of ["5.13.1", "6.1.0", "10.0"])
      expect(
        problems({ ...withFacts({ kernel, kernelModules: ["overlay", "br_netfilter"] }), proxyMode: "nftables" }),
      ).to.deep.equal([]);
  });

  it("accepts swap and cgroup v1 if the kubelet does", () => {
    expect(problems({ ...withFacts({ swap: 1, container: true }), ...kubelet({ failSwapOn: false }) })).to.deep.equal(
      [],
    );
    expect(problems({ ...withFacts({ cgroup: 1 }), ...kubelet({ failCgroupV1: false }) })).to.deep.equal([]);
  });

  it("requires less of a host that runs no pods", () => {
    const proxy = { host: hostOf("a", "10.0.0.11", "proxies"), ...withFacts({ kernelModules: [], cpus: 1 }) };
    expect(problems(proxy)).to.deep.equal([]);
  });

  it("accepts Debian 12 and Ubuntu 24.04, and warns that no whole cluster was tested on them", () => {
    const ubuntu = { id: "ubuntu", version: "24.04", codename: "noble", name: "Ubuntu 24.04 LTS" };
    const debian = { id: "debian", version: "12", codename: "bookworm", name: "Debian 12" };
    expect([...problems(withFacts({ os: ubuntu })), ...problems(withFacts({ os: debian }))]).to.be.empty;
    expect(doubtsOf({ facts: { ...good.facts, os: ubuntu } })).to.deep.equal([
      "it runs Ubuntu 24.04 LTS, but whole clusters were tested only on Debian 13: see docs/inventory.md",
    ]);
    expect(doubtsOf(good)).to.be.empty;
  });
});
