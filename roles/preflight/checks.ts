import type { Facts } from "#lib/facts/types.ts";
import type { Host } from "#lib/inventory/types.ts";
import { contains, overlaps } from "#lib/schema/cidr.ts";

export interface Checked {
  readonly host: Host;
  readonly facts: Facts;
  readonly masters: readonly Host[];
  readonly serviceCidr: string;
  readonly podCidr: string;
  /** The ports that the cluster's programs will listen on here, and who may hold them already. */
  readonly ports: readonly { readonly port: number; readonly program: string }[];
  /** Variables of the whole cluster that have another value here than on the controller. */
  readonly differing: readonly string[];
  readonly swapAllowed: boolean;
  readonly cgroup1Allowed: boolean;
}

/** One thing that must be so before anything is changed: undefined, or what is wrong and what to do. */
export type Check = (checked: Checked) => string | undefined;

const gib = 2 ** 30;
const isMaster = ({ host }: Checked): boolean => host.groups.includes("masters");
const inGib = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`;

/** Every check by the name that skips it. */
export const checks: Readonly<Record<string, Check>> = {
  System: ({ facts }) =>
    facts.os.id === "debian" && facts.os.version === "13" ? undefined : `it runs ${facts.os.name}, expected Debian 13`,
  Architecture: ({ facts }) =>
    ["amd64", "arm64"].includes(facts.architecture)
      ? undefined
      : `its architecture is ${facts.architecture}, expected amd64 or arm64`,
  Systemd: ({ facts }) => (facts.systemd ? undefined : "systemd does not run there"),
  Root: ({ facts }) =>
    facts.user === "root" ? undefined : `tasks would run as ${facts.user}, expected root: set ansible_become`,
  Hostname: ({ host }) =>
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host.name)
      ? undefined
      : `its name ${host.name} cannot be a node's: expected lower-case letters, digits, - and .`,
  Cpus: (checked) =>
    isMaster(checked) && checked.facts.cpus < 2 ? `it has ${checked.facts.cpus} CPU, a master wants 2` : undefined,
  Memory: (checked) => {
    const wanted = (isMaster(checked) ? 1.6 : 0.9) * gib;
    return checked.facts.memory < wanted
      ? `it has ${inGib(checked.facts.memory)} of memory, expected ${inGib(wanted)} or more`
      : undefined;
  },
  Disk: ({ facts }) => {
    const free = facts.free["/var/lib"] ?? facts.free["/var"] ?? facts.free["/"];
    return free !== undefined && free < 4 * gib
      ? `/var/lib has ${inGib(free)} free, expected 4 GiB or more`
      : undefined;
  },
  Swap: ({ facts, swapAllowed }) =>
    facts.swap > 0 && !swapAllowed && facts.container
      ? "it has swap that cannot be turned off from within: set kubelet_fail_swap_on to false"
      : undefined,
  Cgroup: ({ facts, cgroup1Allowed }) =>
    facts.cgroup === 1 && !cgroup1Allowed ? "it has cgroup v1, the kubelet wants v2" : undefined,
  Clock: ({ facts }) =>
    Math.abs(facts.clockSkew) > 5
      ? `its clock is ${facts.clockSkew.toFixed(0)} s off the controller's: certificates would not hold, set up NTP`
      : undefined,
  Ports: ({ facts, ports }) => {
    const taken = ports.flatMap(({ port, program }) =>
      facts.listening
        .filter((listener) => listener.port === port && listener.program !== program)
        .map((listener) => `port ${port} is taken by ${listener.program || "another program"}, ${program} needs it`),
    );
    return taken.length > 0 ? [...new Set(taken)].join("; ") : undefined;
  },
  EtcdMembers: ({ masters }) =>
    masters.length % 2 === 1
      ? undefined
      : `the group masters has ${masters.length} hosts: etcd wants an odd number, an even one survives no more failures and fails more often`,
  ClusterVariables: ({ differing }) =>
    differing.length > 0
      ? `${differing.join(", ")}: another value here than on the controller, which makes the certificates by them. Set them for all: under vars of the group all, or in group_vars/all.yaml`
      : undefined,
  Networks: ({ serviceCidr, podCidr }) =>
    overlaps(serviceCidr, podCidr) ? `pod_cidr ${podCidr} and service_cidr ${serviceCidr} overlap` : undefined,
  Address: ({ host, serviceCidr, podCidr }) => {
    const inside = [serviceCidr, podCidr].find((cidr) => contains(cidr, host.address));
    return inside === undefined
      ? undefined
      : `its address ${host.address} lies in ${inside}, which is the cluster's own`;
  },
};

/** What is wrong with a host, all at once; `ignored` are names of checks. */
export const problemsOf = (checked: Checked, ignored: readonly string[]): string[] =>
  Object.entries(checks).flatMap(([name, check]) => {
    const problem = ignored.includes(name) ? undefined : check(checked);
    return problem === undefined ? [] : [`${name}: ${problem}`];
  });
