import { defineResource, TaskError, type Query } from "kubeplay";
import { portsBetween, type PortQuestion, type PortState, type Target } from "./ports.ts";

/** A host of the run, as the others see it. */
export interface Peer {
  readonly name: string;
  readonly address: string;
  readonly master: boolean;
  /** The port of its kubelet; undefined if it is no node. */
  readonly kubelet: number | undefined;
}

/** The ports of masters, by the programs that listen there. */
export type MasterPorts = Readonly<Record<"kube-apiserver" | "etcd" | "etcd peers" | "etcd metrics", number>>;

/** Whether a host has not joined the cluster yet: nothing of the cluster listens there. Undefined if it is not known. */
export type Newness = Readonly<Record<`newness of ${string}`, boolean | undefined>>;
export const newnessKey = (name: string) => `newness of ${name}` as const;

export type ConnectionProps = {
  readonly host: string;
  readonly peers: readonly Peer[];
  readonly ports: MasterPorts;
} & Newness;

interface Wanted extends Target {
  readonly from: Peer;
  readonly to: Peer;
  readonly program: string;
}

const key = "ports";
const isNew = (p: ConnectionProps, { name }: Peer): boolean | undefined => (p as Newness)[newnessKey(name)];

/** What `from` connects to on `to`. */
function programsOf(from: Peer, to: Peer, ports: MasterPorts): readonly (readonly [program: string, port: number])[] {
  const { "kube-apiserver": apiserver, ...ofMembers } = ports;
  return [
    ...(to.master ? ([["kube-apiserver", apiserver]] as const) : []),
    ...(from.master && to.master ? Object.entries(ofMembers) : []),
    ...(from.master && to.kubelet !== undefined ? ([["kubelet", to.kubelet]] as const) : []),
  ];
}

/** All connections of the cluster that a new host takes part in, among the hosts that take part in the run. */
export const wantedConnections = (p: ConnectionProps): readonly Wanted[] => {
  const there = p.peers.filter((peer) => isNew(p, peer) !== undefined);
  return there.flatMap((from) =>
    there
      .filter((to) => to !== from && (isNew(p, from) === true || isNew(p, to) === true))
      .flatMap((to) =>
        programsOf(from, to, p.ports).map(([program, port]) => ({ from, to, program, port, address: to.address })),
      ),
  );
};

const ownOf = (p: ConnectionProps): readonly Wanted[] =>
  wantedConnections(p).filter(({ from }) => from.name === p.host);

export function questionOf(p: ConnectionProps): PortQuestion | undefined {
  const all = wantedConnections(p);
  const number = (peer: Peer): number => p.peers.indexOf(peer);
  const me = p.peers.find(({ name }) => name === p.host);
  if (!me) return undefined;
  // Where the cluster's programs run, they answer themselves.
  const coming = isNew(p, me) === true ? all.filter(({ to }) => to === me) : [];
  const awaits = [...new Set(coming.map(({ port }) => port))].map((port) => ({
    port,
    from: coming.filter((one) => one.port === port).map(({ from }) => number(from)),
  }));
  const targets = ownOf(p).map(({ address, port }) => ({ address, port }));
  return targets.length + awaits.length === 0 ? undefined : { me: number(me), targets, awaits };
}

/** A refusal by a host of the cluster is no firewall's: the program does not run, which other checks report. */
const isBarred = (p: ConnectionProps, { to }: Wanted, state: PortState | undefined): boolean =>
  state === "silent" || (state === "refused" && isNew(p, to) === true);

/** "to cp-2 (10.0.0.12): 2380 (etcd peers), 6443 (kube-apiserver)" for each host. */
function barredIn(p: ConnectionProps, states: readonly (PortState | undefined)[]): readonly string[] {
  const barred = ownOf(p).filter((one, index) => isBarred(p, one, states[index]));
  return [...new Set(barred.map(({ to }) => to))].map((to) => {
    const ports = barred.filter((one) => one.to === to).map(({ port, program }) => `${port} (${program})`);
    return `to ${to.name} (${to.address}): ${ports.join(", ")}`;
  });
}

/** The name with which the check can be skipped. */
export const connectionsCheck = "Connections";

/** Fails with all ports that a host cannot reach. It listens for some seconds at most, and changes nothing. */
export const connections = defineResource({
  kind: "connections",
  label: ({ host }: ConnectionProps) => host,
  needs: (p): Record<string, Query<readonly (PortState | undefined)[]>> => {
    const question = questionOf(p);
    return question ? { [key]: portsBetween(question) } : {};
  },
  diff: (now: Readonly<Record<string, readonly (PortState | undefined)[]>>, p) => {
    const barred = barredIn(p, now[key] ?? []);
    if (barred.length === 0) return [];
    throw new TaskError(
      `${connectionsCheck}: TCP connections from this host are barred, mostly by a firewall on one of the two hosts or between them: ${barred.join("; ")}. Open these ports between the cluster's hosts\nTo skip a check, name it: -e '{"preflight_ignore": ["${connectionsCheck}"]}'`,
    );
  },
  apply: () => [],
  forecast: () => ({}),
});
