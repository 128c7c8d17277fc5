import { defineResource, queries, type Query, TaskError } from "kubeplay";
import { etcdMembers, peerUrl, type EtcdAnswer, type EtcdMember } from "#cluster/etcd-members.ts";

export interface Founding {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  /** The path of its configuration. */
  readonly configuration: string;
  /** Seconds of retries for a peer that accepts connections but does not answer. */
  readonly patience: number;
  /** The other hosts that must have a member. */
  readonly peers: readonly { readonly name: string; readonly address: string }[];
}

/** etcd's initial-cluster-state: whether a member without data starts a cluster, or joins the one that added it. */
export type InitialState = "new" | "existing";

/** By the name of the peer, and the member's configuration by its path. */
type Answers = Readonly<Record<string, EtcdAnswer | queries.ContentState>>;

/**
 * A member without data starts a new cluster with the other configured members. If a cluster is already running, that
 * would be a second one, and the API would answer from either. So the other hosts are asked first. Never a change; its
 * output is the state with which the member starts.
 */
export const founding = defineResource({
  kind: "etcd founding",
  label: ({ host }: Founding) => host,
  needs: ({
    peers,
    port,
    dataDir,
    patience,
    configuration,
  }): Record<string, Query<EtcdAnswer | queries.ContentState>> => ({
    [configuration]: queries.content(configuration),
    ...Object.fromEntries(
      peers.map(({ name, address }) => [name, etcdMembers({ address, port, unlessDataIn: dataDir, patience })]),
    ),
  }),
  diff: (now: Answers, p) => {
    const objections = p.peers.flatMap(
      ({ name, address }) => objection(peersIn(now, p)[name], `${name} (${address})`, p) ?? [],
    );
    if (objections.length > 0) throw new TaskError(objections.join("\n"));
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: (now: Answers, p): InitialState => initialState(now, p),
});

const peersIn = (now: Answers, { peers }: Founding): Readonly<Record<string, EtcdAnswer | undefined>> =>
  Object.fromEntries(peers.map(({ name }) => [name, now[name] as EtcdAnswer | undefined]));

const ownIn = (answer: EtcdAnswer | undefined, p: Founding): EtcdMember | undefined =>
  answer?.state === "running" ? answer.members.find(({ peerUrls }) => peerUrls.includes(peerUrl(p))) : undefined;

/** A member with data does not read it: it keeps the one that it started with, so that nothing changes. */
function initialState(now: Answers, p: Founding): InitialState {
  const answers = Object.values(peersIn(now, p));
  if (answers.some((answer) => ownIn(answer, p)?.name === "")) return "existing";
  const text = now[p.configuration];
  const hasData = answers.length > 0 && answers.every((answer) => answer?.state === "not asked");
  return hasData && typeof text === "string" && /^initial-cluster-state: existing$/m.test(text) ? "existing" : "new";
}

function objection(answer: EtcdAnswer | undefined, peer: string, p: Founding): string | undefined {
  if (answer?.state === "unclear")
    return `${peer} gives no clear answer whether it runs an etcd member: ${answer.reason}. If started now, ${p.host} could start a second cluster: repair ${peer} first, or remove its member if it is gone for good`;
  if (answer?.state !== "running") return undefined;
  const own = ownIn(answer, p);
  if (!own)
    return `${peer} runs a cluster of ${memberNames(answer.members)}, and ${p.host} (${peerUrl(p)}) is not a member: if started now, it would start a second cluster. Add it on a master first: etcdctl member add ${p.host} --peer-urls=${peerUrl(p)}. See "A master is lost" in docs/operating.md`;
  if (own.hasRun)
    return `${peer} runs a cluster of which ${p.host} was a member, but its data in ${p.dataDir} is gone: etcd accepts no member twice. Restore its data, or replace the member on another master: etcdctl member remove its id, then etcdctl member add ${p.host} --peer-urls=${peerUrl(p)}, and run again. See "A master is lost" in docs/operating.md`;
  return undefined;
}

const memberNames = (members: readonly EtcdMember[]): string =>
  members.map(({ name, peerUrls }) => `${name || "(not started)"} (${peerUrls.join(", ")})`).join(" and ");
