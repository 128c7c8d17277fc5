import type { Facts } from "./types.ts";

/** The facts of a plain Debian 13 machine, to list tasks without asking any host. */
export const assumedFacts = (hostname: string): Facts => ({
  hostname,
  os: { id: "debian", version: "13", codename: "trixie", name: "Debian GNU/Linux 13 (trixie)" },
  kernel: "6.12.0",
  architecture: "amd64",
  cpus: 2,
  memory: 4 * 2 ** 30,
  swap: 0,
  cgroup: 2,
  virtualization: "none",
  container: false,
  machineId: "",
  clockSkew: 0,
  addresses: [],
  defaultInterface: "eth0",
  free: {},
  stubResolver: false,
  systemd: true,
  kernelModules: [],
  user: "root",
  selinux: "disabled",
  apparmor: true,
});
