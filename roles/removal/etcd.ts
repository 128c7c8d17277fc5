import type { Host } from "kubeplay";
import { queries, quote, type Query } from "kubeplay";
import { etcdMembers, peerUrl, type EtcdAnswer, type EtcdMember } from "#cluster/etcd-members.ts";
import { endpoint } from "#cluster/urls.ts";
import type { Membership } from "./quorum.ts";

/** The members that stay, and how to reach them. */
export interface EtcdPlaces {
  readonly others: readonly Pick<Host, "name" | "address">[];
  readonly peerPort: number;
  readonly clientPort: number;
  readonly metricsPort: number;
}

/** The node that leaves; `address` is that of its host, if the inventory has it. */
export interface Leaving {
  readonly node: string;
  readonly address: string | undefined;
}

/** By "members of NAME", and "NAME is healthy". */
export type EtcdAnswers = Readonly<Record<string, EtcdAnswer | boolean>>;

const membersKey = (name: string): string => `members of ${name}`;
const healthKey = (name: string): string => `${name} is healthy`;

/** A shell condition: the member at this address is healthy. */
export const isHealthy = (address: string, metricsPort: number): string =>
  `curl -fsS --max-time 5 --noproxy '*' ${quote(`http://${endpoint(address, metricsPort)}/health`)} | grep -q '"health":"true"'`;

/** All that a master can tell about the members, in one read. */
export const etcdQuestions = ({
  others,
  peerPort,
  metricsPort,
}: EtcdPlaces): Record<string, Query<EtcdAnswer | boolean>> =>
  Object.fromEntries(
    others.flatMap(({ name, address }): (readonly [string, Query<EtcdAnswer | boolean>])[] => [
      [membersKey(name), etcdMembers({ address, port: peerPort })],
      [healthKey(name), queries.probe(isHealthy(address, metricsPort))],
    ]),
  );

/** The members of the cluster; undefined if none of those that stay answers. */
export const listIn = (answers: EtcdAnswers, { others }: EtcdPlaces): readonly EtcdMember[] | undefined =>
  others
    .map(({ name }) => answers[membersKey(name)] as EtcdAnswer | undefined)
    .find((answer) => answer?.state === "running")?.members;

/** Whether a member is that of the node: by its name, or by its address if it never started. */
const isOf = ({ node, address }: Leaving, { peerPort }: EtcdPlaces, { name, peerUrls }: EtcdMember): boolean =>
  name === node || (name === "" && address !== undefined && peerUrls.includes(peerUrl({ address, port: peerPort })));

/** The members around the removal; "absent" if the node has none, undefined if no other member answers. */
export function membershipIn(
  answers: EtcdAnswers,
  places: EtcdPlaces,
  leaves: Leaving,
): Membership | "absent" | undefined {
  const members = listIn(answers, places);
  if (!members) return undefined;
  if (!members.some((member) => isOf(leaves, places, member))) return "absent";
  const healthy = places.others.filter(({ name }) => answers[healthKey(name)] === true).map(({ name }) => name);
  const others = members.filter((member) => !isOf(leaves, places, member));
  const unhealthy = others
    .map(({ name, peerUrls }) => name || peerUrls.join(", "))
    .filter((name) => !healthy.includes(name));
  return { members: members.length, healthy, unhealthy };
}

/** The same answers once the node has no member any more. */
export const withoutMember = (answers: EtcdAnswers, places: EtcdPlaces, leaves: Leaving): EtcdAnswers =>
  Object.fromEntries(
    Object.entries(answers).map(([key, answer]) => [
      key,
      typeof answer === "object" && answer.state === "running"
        ? { ...answer, members: answer.members.filter((member) => !isOf(leaves, places, member)) }
        : answer,
    ]),
  );
