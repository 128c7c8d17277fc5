import { defineResource, type Query, TaskError } from "kubeplay";
import type { ApiAccess } from "kubeplay/kubernetes";
import { nodeState, type NodeState } from "#kubernetes/drain/node-state.ts";
import { podsToEvict } from "#kubernetes/drain/pods.ts";
import { unreachable } from "#kubernetes/manifests/unreachable.ts";
import { nodeVolumes, type NodeVolumes } from "#cluster/node-volumes.ts";
import { runningCluster, type RunningCluster } from "#cluster/running-cluster.ts";
import { etcdQuestions, listIn, membershipIn, type EtcdAnswers, type EtcdPlaces, type Leaving } from "./etcd.ts";
import { outsiders } from "./outsiders.ts";
import { quorumProblem, quorumWarning } from "./quorum.ts";

export interface CheckProps extends EtcdPlaces, Leaving {
  readonly access: ApiAccess;
  /** The names of the other nodes of the inventory. */
  readonly nodes: readonly string[];
  /** Whether the run has connected to its machine. */
  readonly reached: boolean;
  /** Whether the user says that its machine is off. */
  readonly isLost: boolean;
  /** Whether the claims of its volumes may go. */
  readonly losesVolumes: boolean;
}

type Answers = Readonly<Record<string, NodeState | NodeVolumes | RunningCluster | undefined | EtcdAnswers[string]>>;

const partsOf = (now: Answers) => {
  const { node, volumes, live, ...etcd } = now;
  return {
    node: node as NodeState,
    volumes: volumes as NodeVolumes,
    live: live as RunningCluster | undefined,
    etcd: etcd as EtcdAnswers,
  };
};

const command = (node: string): string => `npm run play -- -e remove=${node} -e remove_unreachable=true remove`;

/** Whether the machine is as the user says. */
function machineProblem(node: NodeState, p: CheckProps): string | undefined {
  if (!p.isLost && !p.reached)
    return p.address === undefined
      ? `the inventory does not have ${p.node}, so its programs cannot be stopped: put it back for this run. If its machine is off for good: ${command(p.node)}`
      : `${p.node} does not answer, so its programs cannot be stopped: repair the connection. If its machine is off for good: ${command(p.node)}`;
  if (p.isLost && node.type === "present" && node.ready)
    return `the node ${p.node} is Ready: its machine is on, and its pods would run twice. Switch it off and wait until its node is NotReady, about a minute. If it answers, leave out remove_unreachable`;
  return undefined;
}

/** Pods that would start on no other node: their data is in a folder of this one. */
function tiedProblem(node: NodeState, p: CheckProps): string | undefined {
  if (p.isLost || node.type !== "present") return undefined;
  const tied = podsToEvict(node.pods)
    .filter((pod) => pod.tied)
    .map(({ name }) => name);
  return tied.length === 0
    ? undefined
    : `these pods run on ${p.node} only, and their data may be there: ${tied.join(", ")}. Save what you need and move them first. ` +
        "An addon of kubeplay starts on another node after it was removed once: npm run play -- -e registry_state=absent addons, or logging_state";
}

/** The claims whose volumes only the node has. */
const claimsOn = (volumes: NodeVolumes): readonly string[] =>
  volumes.type === "unreachable"
    ? []
    : volumes.volumes.flatMap(({ claim }) => (claim ? [`${claim.namespace}/${claim.name}`] : []));

const deletes = "-e remove_volumes=true deletes the claims; StatefulSets and addons make new, empty ones";

/** Volumes that would leave with the node: pods with their claims start on no other one. */
function volumesProblem(volumes: NodeVolumes, p: CheckProps): string | undefined {
  const claims = claimsOn(volumes);
  return p.isLost || p.losesVolumes || claims.length === 0
    ? undefined
    : `only ${p.node} has the volumes of these claims: ${claims.join(", ")}. Copy what you need, and delete the claims with the pods that use them. ${deletes}`;
}

/** What happens to the volumes in this run. */
function volumesWarning(volumes: NodeVolumes, p: CheckProps): string | undefined {
  const claims = claimsOn(volumes).join(", ");
  if (claims === "") return undefined;
  if (p.losesVolumes) return `these claims are deleted, because only ${p.node} has their volumes: ${claims}`;
  return p.isLost
    ? `only ${p.node} had the volumes of these claims, whose pods start nowhere now: ${claims}. ${deletes}`
    : undefined;
}

function problemsOf(now: Answers, p: CheckProps): readonly string[] {
  const { node, volumes, live, etcd } = partsOf(now);
  if (node.type === "unreachable") throw unreachable(node);
  const member = membershipIn(etcd, p, p);
  if (member === undefined)
    return [`no member of etcd answers on ${p.others.map(({ name }) => name).join(", ")}: repair it first`];
  if (node.type === "absent" && member === "absent" && p.address === undefined)
    return [`neither the cluster nor the inventory has a node ${p.node}: npm run kubectl -- get nodes lists them`];
  return [
    machineProblem(node, p),
    tiedProblem(node, p),
    volumesProblem(volumes, p),
    member === "absent" ? undefined : quorumProblem(p.node, member),
    ...outsiders({ ...p, live, members: listIn(etcd, p) ?? [] }),
  ].filter((problem) => problem !== undefined);
}

/** Fails with all reasons why a node cannot leave. It never changes anything, and runs on a master that stays. */
export const removalCheck = defineResource({
  kind: "removal check",
  label: ({ node }: CheckProps) => node,
  needs: (p): Record<string, Query<Answers[string]>> => ({
    node: nodeState({ ...p.access, node: p.node }),
    volumes: nodeVolumes(p.access, p.node),
    live: runningCluster({ kubeconfig: p.access.kubeconfig, servers: p.access.servers ?? [] }),
    ...etcdQuestions(p),
  }),
  diff: (now: Answers, p) => {
    const problems = problemsOf(now, p);
    if (problems.length > 0) throw new TaskError(`${p.node} is not removed: ${problems.join("\n  ")}`);
    return [];
  },
  warnings: (now, p) => {
    const { etcd, volumes } = partsOf(now);
    const member = membershipIn(etcd, p, p);
    const warnings = [
      typeof member === "object" ? quorumWarning(p.node, member) : undefined,
      volumesWarning(volumes, p),
    ];
    return warnings.filter((warning) => warning !== undefined);
  },
  apply: () => [],
  forecast: () => ({}),
});
