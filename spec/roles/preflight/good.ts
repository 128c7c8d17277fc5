import { expect } from "chai";
import { assumedFacts } from "#engine/facts/assumed.ts";
import type { Facts } from "#engine/facts/types.ts";
import type { Checked, Findings } from "#roles/preflight/checked.ts";
import { problemsOf } from "#roles/preflight/checks.ts";
import { portsOf, type PortNumbers } from "#roles/preflight/ports.ts";
import { master } from "../setting.ts";

export const ports: PortNumbers = {
  kubelet: 10250,
  kubeletHealth: 10248,
  nginx: 8443,
  apiserver: 6443,
  controllerManager: 10252,
  scheduler: 10259,
  etcdClient: 2379,
  etcdPeer: 2380,
  etcdMetrics: 2381,
};

const masters = [master("a", "10.0.0.11"), master("b", "10.0.0.12"), master("c", "10.0.0.13")];

/** A bare Debian 13 machine that will be one of three masters. */
export const good: Checked = {
  cluster: "kubeplay",
  host: masters[0]!,
  facts: {
    ...assumedFacts("a"),
    machineId: "0123456789abcdef0123456789abcdef",
    addresses: [
      { interface: "eth0", address: "10.0.0.11", prefix: 24 },
      { interface: "eth0", address: "fe80::1", prefix: 64 },
    ],
    defaultInterface: "eth0",
    kernelModules: ["br_netfilter", "ip_vs", "overlay"],
  },
  architectures: ["amd64"],
  masters,
  nodes: ["a", "b", "c"],
  reached: ["a", "b", "c"],
  twins: [],
  serviceCidr: "10.96.0.0/16",
  podCidr: "10.244.0.0/16",
  ipv6: { serviceCidr: undefined, podCidr: undefined, address: undefined },
  differing: [],
  ports: portsOf(ports, { address: "10.0.0.11", node: true, master: true }),
  kubelet: { cgroupDriver: "systemd", maxPods: 110, failSwapOn: true, failCgroupV1: true },
  systemdCgroup: true,
  proxyMode: "ipvs",
  cni: "bridge",
  proxyReplaced: false,
  etcd: { dataDir: "/var/lib/etcd", peerPort: 2380 },
  replace: "",
  bridge: { claims: masters.map((host) => ({ host, chosen: undefined })), prefix: 24 },
  versions: {
    mode: "kept",
    masters: masters.map(({ address }) => ({ url: `https://${address}:6443`, version: "1.37.2" })),
    nodes: masters.map(({ name }) => ({ name, kubernetes: "1.37.2", containerd: "2.4.2" })),
    etcd: "3.7.3",
  },
  found: {
    running: [],
    installed: [],
    texts: { "/etc/resolv.conf": "search example.org\nnameserver 192.0.2.53\n" },
    folders: {},
    listening: [],
    routes: [],
    podNetworks: [],
    etcd: { state: "not asked" },
    authorities: {},
  },
};

export const withFacts = (change: Partial<Facts>): Partial<Checked> => ({ facts: { ...good.facts, ...change } });
/** The facts of a host that has no default route. */
export const withoutRoute = (change: Partial<Facts> = {}): Partial<Checked> => {
  const known = Object.entries({ ...good.facts, ...change }).filter(([name]) => name !== "defaultInterface");
  return { facts: Object.fromEntries(known) as unknown as Facts };
};
export const withFindings = (change: Partial<Findings>): Partial<Checked> => ({ found: { ...good.found, ...change } });
export const withText = (path: string, text: string): Partial<Checked> =>
  withFindings({ texts: { ...good.found.texts, [path]: text } });

export const problems = (change: Partial<Checked>, ignored: readonly string[] = []): string[] =>
  problemsOf({ ...good, ...change }, ignored);

/** A problem, the difference from a good machine that causes it, and the complete message. */
export type Bad = readonly [what: string, change: Partial<Checked>, message: string];

/** Each problem is reported with exactly its message, and can be skipped by the name of its check. */
export const areNamed = (bad: readonly Bad[]): void => {
  for (const [what, change, message] of bad)
    it(`reports ${what}`, () => {
      expect(problems(change)).to.deep.equal([message]);
      expect(problems(change, [message.slice(0, message.indexOf(":"))])).to.deep.equal([]);
    });
};
