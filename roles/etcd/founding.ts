import { defineResource, type Query, TaskError } from "kubeplay";
import { etcdMembers, peerUrl, type EtcdAnswer, type EtcdMember } from "#cluster/etcd-members.ts";

export interface Founding {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  /** Seconds for which a peer is asked again that takes connections and does not answer. */
  readonly patience: number;
  /** The other hosts that shall have a member. */
  readonly peers: readonly { readonly name: string; readonly address: string }[];
}

/**
 * A member without data begins a cluster with whoever is named beside it: where one is at work already, that would be a
 * second one, and the API would answer from either. So the others are asked first. Never a change.
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

const leaveOut = ({ host }: Founding): string => `Until then take ${host} out of the group masters.`;

function objection(answer: EtcdAnswer | undefined, peer: string, p: Founding): string | undefined {
  if (answer?.state === "unclear")
    return `${peer} does not tell whether it runs a member of a cluster: ${answer.reason}. Started now, ${p.host} could begin a second cluster: mend ${peer}, or take it out of the group masters.`;
  if (answer?.state !== "running") return undefined;
  const own = answer.members.find(({ peerUrls }) => peerUrls.includes(peerUrl(p)));
  if (!own)
    return `${peer} runs a cluster of ${memberNames(answer.members)}, and ${p.host} (${peerUrl(p)}) is no member: started now, it would begin a second cluster. Adding a member to an etcd that runs is not there yet. ${leaveOut(p)}`;
  if (own.name === "")
    return `${peer} runs a cluster that expects ${p.host} as a further member, added by hand: its first start is by hand, too, with --initial-cluster-state existing.`;
  if (own.hasRun)
    return `${peer} runs a cluster of which ${p.host} was a member, and its data in ${p.dataDir} are gone: etcd lets no member in twice. Replacing a member is not there yet: bring its data back, or remove it by etcdctl member remove. ${leaveOut(p)}`;
  return undefined;
}

const memberNames = (members: readonly EtcdMember[]): string =>
  members.map(({ name, peerUrls }) => `${name || "(not started)"} (${peerUrls.join(", ")})`).join(" and ");
