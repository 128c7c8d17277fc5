import { defineResource, prop, type Query, TaskError } from "kubeplay";
import { etcdMembers, peerUrl, type EtcdAnswer } from "#cluster/etcd-members.ts";
import { runningCluster, type ClusterQuestion, type RunningCluster } from "#cluster/running-cluster.ts";

export interface ClusterCheckProps {
  readonly cluster: string;
  /** The hosts that are reset. */
  readonly hosts: readonly string[];
  /** The masters that are not. */
  readonly masters: readonly string[];
  /** The nodes that are not. */
  readonly nodes: readonly string[];
  /** How to ask the masters that stay. */
  readonly question: ClusterQuestion;
  /** The name of the cluster, as the user confirms it. */
  readonly confirmed: string;
}

type Live = Readonly<Record<string, RunningCluster | undefined>>;

const list = (names: readonly string[]): string => names.join(", ");
const are = (names: readonly string[]): string => `${list(names)} ${names.length === 1 ? "is" : "are"}`;

/** The command that takes a host out of a cluster that stays. */
const remove = (name: string): string => `npm run play -- -e remove=${name} remove`;

function problemIn({ live }: Live, p: ClusterCheckProps): string | undefined {
  const isConfirmed = p.confirmed === p.cluster;
  const wrong = p.confirmed === "" || isConfirmed ? "" : ` reset_cluster is "${p.confirmed}", expected "${p.cluster}".`;
  if (p.masters.length === 0) {
    const orphans = p.nodes.length === 0 ? "" : ` ${are(p.nodes)} left without one: name all hosts.`;
    return isConfirmed && p.nodes.length === 0
      ? undefined
      : `this ends the cluster ${p.cluster}, because no master stays: all its data is lost.${orphans}${wrong} If you mean it, add -e reset_cluster=${p.cluster}. To take one host out of a cluster that stays: ${remove("NAME")}`;
  }
  if (live) {
    const still = p.hosts.filter((host) => live.nodes.some(({ name }) => name === host));
    const [first = ""] = still;
    return still.length === 0
      ? undefined
      : `${are(still)} still in the cluster, which would lose its pods and, for a master, a vote in etcd. Take each out first, which drains it and keeps the majority: ${remove(first)}`;
  }
  return isConfirmed
    ? undefined
    : `no API server answers on ${list(p.masters)}, so nobody can say whether ${are(p.hosts)} still in use.${wrong} Repair one of them first. If the cluster is lost for good, add -e reset_cluster=${p.cluster}`;
}

/** Fails if a cluster that lives would lose a host that is reset. It never changes anything, and asks the API. */
export const clusterCheck = defineResource({
  kind: "reset check",
  props: {
    cluster: prop.text,
    hosts: prop.listOf(prop.text),
    masters: prop.listOf(prop.text),
    nodes: prop.listOf(prop.text),
    question: prop.object,
    confirmed: prop.text,
  },
  label: ({ hosts }: ClusterCheckProps) => list(hosts),
  needs: (p): Record<string, Query<RunningCluster | undefined>> =>
    p.masters.length === 0 ? {} : { live: runningCluster(p.question) },
  diff: (now: Live, p) => {
    const problem = problemIn(now, p);
    if (problem !== undefined) throw new TaskError(`nothing is reset: ${problem}`);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});

export interface MembersCheckProps {
  /** The address of the master that is asked. */
  readonly address: string;
  readonly port: number;
  /** The masters that are reset. */
  readonly leaving: readonly { readonly name: string; readonly address: string }[];
}

/** Fails if etcd still has a master that is reset as a member: of too few members, no majority is left. */
export const membersCheck = defineResource({
  kind: "reset check of etcd",
  props: { address: prop.text, port: prop.number, leaving: prop.listOf(prop.object) },
  label: ({ leaving }: MembersCheckProps) => list(leaving.map(({ name }) => name)),
  needs: ({ address, port }) => ({ etcd: etcdMembers({ address, port }) }),
  diff: ({ etcd }: { readonly etcd: EtcdAnswer }, { leaving, port }) => {
    if (etcd.state !== "running") return [];
    const total = etcd.members.length;
    const still = leaving.filter(({ address }) =>
      etcd.members.some(({ peerUrls }) => peerUrls.includes(peerUrl({ address, port }))),
    );
    const [first] = still;
    if (!first) return [];
    const names = still.map(({ name }) => name);
    throw new TaskError(
      `${are(names)} still a member of etcd, which has ${String(total)} and needs ${String(Math.floor(total / 2) + 1)} of them; ${String(total - still.length)} would be left. Nothing is reset. Take each out first: ${remove(first.name)}`,
    );
  },
  apply: () => [],
  forecast: () => ({}),
});
