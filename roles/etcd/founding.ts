import { defineResource, type Query, TaskError } from "kubeplay";
import { etcdMembers, peerUrl, type EtcdAnswer, type EtcdMember } from "#cluster/etcd-members.ts";

export interface Founding {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  /** Seconds of retries for a peer that accepts connections but does not answer. */
  readonly patience: number;
  /** The other hosts that must have a member. */
  readonly peers: readonly { readonly name: string; readonly address: string }[];
}

/**
 * A member without data starts a new cluster with the other configured members. If a cluster is already running, that
 * would be a second one, and the API would answer from either. So the other hosts are asked first. Never a change.
 */
export const founding = defineResource({
  kind: "etcd founding",
  label: ({ host }: Founding) => host,
  needs: ({ peers, port, dataDir, patience }) =>
    Object.fromEntries(
      peers.map(({ name, address }): [string, Query<EtcdAnswer>] => [
        name,
        etcdMembers({ address, port, unlessDataIn: dataDir, patience }),
      ]),
    ),
  diff: (now: Readonly<Record<string, EtcdAnswer>>, p) => {
    const objections = p.peers.flatMap(({ name, address }) => objection(now[name], `${name} (${address})`, p) ?? []);
    if (objections.length > 0) throw new TaskError(objections.join("\n"));
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});

const leaveOut = ({ host }: Founding): string => `Until then, remove ${host} from the group masters.`;

function objection(answer: EtcdAnswer | undefined, peer: string, p: Founding): string | undefined {
  if (answer?.state === "unclear")
    return `${peer} gives no clear answer whether it runs an etcd member: ${answer.reason}. If started now, ${p.host} could start a second cluster: repair ${peer}, or remove it from the group masters.`;
  if (answer?.state !== "running") return undefined;
  const own = answer.members.find(({ peerUrls }) => peerUrls.includes(peerUrl(p)));
  if (!own)
    return `${peer} runs a cluster of ${memberNames(answer.members)}, and ${p.host} (${peerUrl(p)}) is not a member: if started now, it would start a second cluster. Adding a member to a running etcd is not supported yet. ${leaveOut(p)}`;
  if (own.name === "")
    return `${peer} runs a cluster to which ${p.host} was added by hand: start it by hand the first time, too, with --initial-cluster-state existing.`;
  if (own.hasRun)
    return `${peer} runs a cluster of which ${p.host} was a member, but its data in ${p.dataDir} is gone: etcd accepts no member twice. Replacing a member is not supported yet: restore its data, or remove it by etcdctl member remove. ${leaveOut(p)}`;
  return undefined;
}

const memberNames = (members: readonly EtcdMember[]): string =>
  members.map(({ name, peerUrls }) => `${name || "(not started)"} (${peerUrls.join(", ")})`).join(" and ");
