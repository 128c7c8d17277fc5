import type { queries } from "kubeplay";
import type { Check, WantedPort } from "./checked.ts";

export interface PortNumbers {
  readonly kubelet: number;
  readonly kubeletHealth: number;
  readonly nginx: number;
  readonly apiserver: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly etcdClient: number;
  readonly etcdPeer: number;
  readonly etcdMetrics: number;
}

const loopback = ["127.0.0.1"];

const ofEveryHost = (port: PortNumbers): WantedPort[] => [
  { port: port.nginx, program: "nginx", unit: "kube-nginx", addresses: loopback },
];
const ofNodes = (port: PortNumbers): WantedPort[] => [
  { port: port.kubelet, program: "kubelet", unit: "kubelet" },
  { port: port.kubeletHealth, program: "kubelet", unit: "kubelet", addresses: loopback },
  // kube-proxy's default ports for metrics and health.
  { port: 10249, program: "kube-proxy", unit: "kube-proxy" },
  { port: 10256, program: "kube-proxy", unit: "kube-proxy" },
];
const ofMasters = (port: PortNumbers, address: string): WantedPort[] => [
  { port: port.apiserver, program: "kube-apiserver", unit: "kube-apiserver" },
  { port: port.controllerManager, program: "kube-controller", unit: "kube-controller-manager" },
  { port: port.scheduler, program: "kube-scheduler", unit: "kube-scheduler" },
  { port: port.etcdClient, program: "etcd", unit: "etcd", addresses: [address, ...loopback] },
  { port: port.etcdPeer, program: "etcd", unit: "etcd", addresses: [address] },
  { port: port.etcdMetrics, program: "etcd", unit: "etcd", addresses: [address, ...loopback] },
];

export const portsOf = (
  port: PortNumbers,
  { address, node, master }: { readonly address: string; readonly node: boolean; readonly master: boolean },
): WantedPort[] => [...ofEveryHost(port), ...(node ? ofNodes(port) : []), ...(master ? ofMasters(port, address) : [])];

const everywhere = ["0.0.0.0", "::", "*"];
const meets = ({ address }: queries.Listener, { addresses }: WantedPort): boolean =>
  everywhere.includes(address) || (addresses?.includes(address) ?? true);

/** Ports that are assigned to two of the cluster's own programs. */
const twice = (ports: readonly WantedPort[]): string[] =>
  ports.flatMap((one, index) =>
    ports
      .slice(index + 1)
      .filter(
        ({ port, addresses }) =>
          port === one.port &&
          (!addresses || (one.addresses ?? addresses).some((address) => addresses.includes(address))),
      )
      .map((other) => `port ${one.port} is assigned to both ${one.unit} and ${other.unit}`),
  );

export const portsAreFree: Check = ({ ports, found }) => {
  const taken = ports.flatMap((wanted) =>
    found.listening
      .filter((listener) => listener.port === wanted.port && meets(listener, wanted))
      // One of the same name may belong to another installation.
      .filter(({ program }) => program !== wanted.program || !found.installed.includes(wanted.unit))
      .map(({ program }) => {
        const who = program === wanted.program ? `${program} of another installation` : program || "another program";
        return `port ${wanted.port} is used by ${who}, but ${wanted.program} needs it`;
      }),
  );
  const problems = [...new Set([...taken, ...twice(ports)])];
  return problems.length > 0 ? `${problems.join("; ")}: free it, or choose another port` : undefined;
};
