import type { RunningCluster } from "#cluster/running-cluster.ts";
import { peerUrl, type EtcdMember } from "#cluster/etcd-members.ts";
import type { EtcdPlaces } from "./etcd.ts";

/** The rest of the cluster, as the inventory has it and as it is. */
export interface Rest extends Pick<EtcdPlaces, "others" | "peerPort"> {
  /** The names of all nodes of the inventory, but that of the one that leaves. */
  readonly nodes: readonly string[];
  readonly members: readonly EtcdMember[];
  readonly live: RunningCluster | undefined;
}

/**
 * Problems with hosts that the inventory has and the cluster does not: this run would write proxies, lists of masters and
 * keys for them. Mostly they are hosts that were removed before.
 */
export function outsiders({ others, peerPort, nodes, members, live }: Rest): readonly string[] {
  const joined = live?.nodes.map(({ name }) => name);
  const without = others
    .filter(({ address }) => !members.some(({ peerUrls }) => peerUrls.includes(peerUrl({ address, port: peerPort }))))
    .map(({ name }) => name);
  const unfinished = without.filter((name) => joined?.includes(name));
  const gone = [...without, ...(joined ? nodes.filter((name) => !joined.includes(name)) : [])].filter(
    (name, index, all) => !unfinished.includes(name) && all.indexOf(name) === index,
  );
  const are = gone.length === 1 ? "is" : "are";
  const [it, them] = gone.length === 1 ? ["it was", "it"] : ["they were", "them"];
  return [
    ...unfinished.map(
      (name) =>
        `the inventory has the master ${name}, but etcd has no member of it: its removal was interrupted. Finish it first: npm run play -- -e remove=${name} remove. If its machine is off for good, add -e remove_unreachable=true`,
    ),
    ...(gone.length === 0
      ? []
      : [
          `${gone.join(", ")} ${are} in the inventory, but not in the cluster, and this run would bring ${them} back into proxies and lists of masters. If ${it} removed, take ${them} out of the inventory. If ${it} not added yet, play site first, or take ${them} out for this run`,
        ]),
  ];
}
