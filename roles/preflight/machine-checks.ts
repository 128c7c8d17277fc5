import type { Facts, Host } from "kubeplay";
import { architectures } from "#artifacts/catalogue/component.ts";
import { isMaster, isNode, type Checked, type Checks } from "./checked.ts";

const gib = 2 ** 30;
const inGib = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`;

/** "6.12.0-1-cloud-amd64" against [6, 12]. */
function isOlder(kernel: string, [major, minor]: readonly [number, number]): boolean {
  const [, first = "", second = ""] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  return Number(first) < major || (Number(first) === major && Number(second) < minor);
}

/** Machines that were cloned with their machine id get each other's addresses from a DHCP server, and count as one. */
const sameMachine = (id: string, twins: readonly Host[]): string | undefined =>
  twins.length === 0
    ? undefined
    : `its /etc/machine-id, ${id}, is also that of ${twins.map(({ name }) => name).join(" and ")}: remove the file on one of them, run systemd-machine-id-setup and reboot`;

/** The supported systems. Their packages have the same names and work alike. */
const systems: readonly (readonly [id: string, version: string])[] = [
  ["debian", "13"],
  ["debian", "12"],
  ["ubuntu", "24.04"],
];
const isSupported = ({ id, version }: Facts["os"]): boolean =>
  systems.some(([known, of]) => known === id && of === version);

/** Warnings about an accepted host: whole clusters were tested only on the first system. */
export const doubtsOf = ({ facts: { os } }: Pick<Checked, "facts">): string[] => {
  const [usual] = systems;
  if (!isSupported(os) || !usual || (os.id === usual[0] && os.version === usual[1])) return [];
  return [`it runs ${os.name}, but whole clusters were tested only on Debian 13: see docs/inventory.md`];
};

/** Checks of the machine and its operating system. */
export const machineChecks: Checks = {
  System: ({ facts: { os } }) =>
    isSupported(os)
      ? undefined
      : `it runs ${os.name}, expected Debian 13, Debian 12 or Ubuntu 24.04: install one of them`,
  Architecture: ({ facts: { architecture }, architectures: fetched }) => {
    if (!architectures.some((one) => one === architecture))
      return `its architecture is ${architecture}, expected ${architectures.join(" or ")}`;
    if (fetched.includes(architecture)) return undefined;
    const all = [...fetched, architecture].join(", ");
    return `its architecture is ${architecture}, but binaries are provided for ${fetched.join(", ")}: set artifact_architectures to [${all}]`;
  },
  Systemd: ({ facts }) =>
    facts.systemd ? undefined : "systemd does not run, expected it as the init system: install it and reboot",
  Root: ({ facts }) =>
    facts.user === "root" ? undefined : `tasks would run as ${facts.user}, expected root: set ansible_become`,
  SELinux: ({ facts }) =>
    facts.selinux === "enforcing"
      ? "it enforces SELinux, but kubeplay's files have no labels: set SELINUX=permissive in /etc/selinux/config, and run setenforce 0"
      : undefined,
  MachineId: ({ facts, twins }) =>
    /^[0-9a-f]{32}$/.test(facts.machineId)
      ? sameMachine(facts.machineId, twins)
      : `/etc/machine-id is "${facts.machineId}", expected 32 hexadecimal digits: run systemd-machine-id-setup`,
  Cpus: (checked) =>
    isMaster(checked) && checked.facts.cpus < 2
      ? `it has ${checked.facts.cpus} CPU, expected 2 or more for a master: add CPUs`
      : undefined,
  Memory: (checked) => {
    const wanted = (isMaster(checked) ? 1.6 : 0.9) * gib;
    return checked.facts.memory < wanted
      ? `it has ${inGib(checked.facts.memory)} of memory, expected ${inGib(wanted)} or more: add memory`
      : undefined;
  },
  Disk: ({ facts }) => {
    const free = facts.free["/var/lib"] ?? facts.free["/var"] ?? facts.free["/"];
    return free !== undefined && free < 4 * gib
      ? `/var/lib has ${inGib(free)} free, expected 4 GiB or more: free some space`
      : undefined;
  },
  Swap: ({ facts, kubelet }) =>
    facts.swap > 0 && kubelet.failSwapOn && facts.container
      ? "it has swap, which a container cannot turn off: set kubelet_fail_swap_on to false"
      : undefined,
  Cgroup: ({ facts, kubelet }) =>
    facts.cgroup === 1 && kubelet.failCgroupV1
      ? "it has cgroup v1, expected v2 for the kubelet: boot it with systemd.unified_cgroup_hierarchy=1"
      : undefined,
  CgroupDriver: ({ kubelet, systemdCgroup }) => {
    const containerd = systemdCgroup ? "systemd" : "cgroupfs";
    return kubelet.cgroupDriver === containerd
      ? undefined
      : `the kubelet's cgroup driver is ${kubelet.cgroupDriver} and containerd's ${containerd}, expected the same: set kubelet_cgroup_driver or containerd_systemd_cgroup`;
  },
  Clock: ({ facts }) =>
    Math.abs(facts.clockSkew) > 5
      ? `its clock is ${facts.clockSkew.toFixed(0)} s off the controller's, expected 5 s at most: certificates would not be valid. Set up NTP`
      : undefined,
  // A container cannot see which modules its machine's kernel can load.
  KernelModules: (checked) => {
    const { facts } = checked;
    const missing = ["overlay", "br_netfilter"].filter((name) => !facts.kernelModules.includes(name));
    return isNode(checked) && !facts.container && missing.length > 0
      ? `its kernel ${facts.kernel} has no ${missing.join(" and no ")}: if the kernel was updated, reboot the host first`
      : undefined;
  },
  KubeProxyMode: (checked) => {
    const { facts, proxyMode, proxyReplaced } = checked;
    if (!isNode(checked) || proxyReplaced) return undefined;
    if (proxyMode === "ipvs" && !facts.kernelModules.includes("ip_vs"))
      return `its kernel ${facts.kernel} has no ip_vs, which kube_proxy_mode ipvs needs: set kube_proxy_mode to nftables`;
    if (proxyMode === "nftables" && isOlder(facts.kernel, [5, 13]))
      return `it runs kernel ${facts.kernel}, expected 5.13 or newer for kube_proxy_mode nftables: set kube_proxy_mode to iptables`;
    return undefined;
  },
};
