import { readFileSync } from "node:fs";
import path from "node:path";
import { defineResource, type Difference, type Query, quote, TaskError } from "kubeplay";
import { etcdMembers, etcdPki, peerUrl, type EtcdAnswer, type EtcdMember } from "#cluster/etcd-members.ts";
import { runLives } from "#cluster/run-lives.ts";
import { endpoint } from "#cluster/urls.ts";
import type { Start } from "./start.ts";

const functions = readFileSync(path.join(import.meta.dirname, "files/etcd-cluster.sh"), "utf8").trimEnd();

export interface JoiningProps {
  readonly host: string;
  readonly address: string;
  /** The other masters: those that are members are asked, and change the list of members. */
  readonly others: readonly { readonly name: string; readonly address: string }[];
  readonly peerPort: number;
  readonly clientPort: number;
  /** The path of etcdctl on the host. */
  readonly etcdctl: string;
  /** Seconds, for each member that has to join before. */
  readonly patience: number;
  readonly isReplaced: boolean;
  readonly start: Start;
}

/** By "members of NAME". */
type Answers = Readonly<Record<string, EtcdAnswer | undefined>>;

const key = (name: string): string => `members of ${name}`;
const ownUrl = (p: JoiningProps): string => peerUrl({ address: p.address, port: p.peerPort });

const ask = (p: JoiningProps, some: JoiningProps["others"]): Record<string, Query<EtcdAnswer>> =>
  Object.fromEntries(some.map(({ name, address }) => [key(name), etcdMembers({ address, port: p.peerPort })]));

const firstList = (now: Answers): readonly EtcdMember[] | undefined =>
  Object.values(now).flatMap((answer) => (answer?.state === "running" ? [answer.members] : []))[0];

/** The members that vote: a learner refuses to change the list. */
function endpointsOf(now: Answers, p: JoiningProps): string {
  const members = firstList(now) ?? [];
  const voting = p.others.filter(({ address }) => {
    const url = peerUrl({ address, port: p.peerPort });
    return members.some(({ name, peerUrls, isLearner }) => name !== "" && peerUrls.includes(url) && !isLearner);
  });
  if (voting.length === 0)
    throw new TaskError(`no member of etcd answers on ${p.others.map(({ name }) => name).join(", ")}: repair it first`);
  return voting.map(({ address }) => `https://${endpoint(address, p.clientPort)}`).join(",");
}

const script = (now: Answers, p: JoiningProps, patience: number, ...does: readonly string[]) => {
  const variables = {
    etcdctl: p.etcdctl,
    pki: etcdPki,
    endpoints: endpointsOf(now, p),
    name: p.host,
    peer: ownUrl(p),
    before: p.start.before.join(" "),
    patience: String(patience),
  };
  const set = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  return { sh: [...set, runLives, functions, ...does].join("\n"), timeout: patience + 60 };
};

const ownIn = (now: Answers, p: JoiningProps): EtcdMember | undefined =>
  firstList(now)?.find(({ peerUrls }) => peerUrls.includes(ownUrl(p)));

const withOwn = (now: Answers, p: JoiningProps, own: EtcdMember): Answers =>
  Object.fromEntries(
    Object.entries(now).map(([name, answer]) => {
      const kept = (answer?.state === "running" ? answer.members : []).filter(
        (member) => member.name !== own.name && !member.peerUrls.includes(ownUrl(p)),
      );
      return [name, { state: "running", members: [...kept, own] } as const];
    }),
  );

/**
 * Adds the host's member to the cluster that runs, as a learner: it takes part in no decision before it has the data.
 * One after the other: a cluster has one learner at a time. The old member of a machine that is replaced goes first.
 */
export const learner = defineResource({
  kind: "etcd learner",
  label: ({ host }: JoiningProps) => host,
  needs: (p) => (p.start.joins ? ask(p, p.others) : {}),
  diff: (now: Answers, p): Difference[] => {
    if (!p.start.joins) return [];
    const own = ownIn(now, p);
    return own && !own.hasRun ? [] : [{ what: "member of etcd", before: own ? "lost" : "absent", after: "learner" }];
  },
  apply: (_found, now: Answers, p) => [
    script(
      now,
      p,
      p.patience * (p.start.before.length + 1),
      "until_done all_vote",
      ...(p.isReplaced ? ["until_done remove_old"] : []),
      "until_done add",
    ),
  ],
  forecast: (now: Answers, p) => withOwn(now, p, { name: "", peerUrls: [ownUrl(p)], hasRun: false, isLearner: true }),
});

/** Promotes the host's member once it has the data: until then it does not count in a majority. */
export const voter = defineResource({
  kind: "etcd voter",
  label: ({ host }: JoiningProps) => host,
  needs: (p) => ask(p, [{ name: p.host, address: p.address }, ...(p.start.joins ? p.others : [])]),
  diff: (now: Answers, p): Difference[] => {
    const own = ownIn(now, p);
    const isLearner = own ? own.isLearner === true : p.start.joins;
    return isLearner ? [{ what: "member of etcd", before: "learner", after: "voter" }] : [];
  },
  apply: (_found, now: Answers, p) => [script(now, p, p.patience, "until_done promote")],
  forecast: (now: Answers, p) => withOwn(now, p, { name: p.host, peerUrls: [ownUrl(p)], hasRun: true }),
});

/**
 * Waits until the new members of this run vote. Not a resource that only waits: those take no lock, and the locks of all
 * hosts are taken at the first change, over shells that the waiting would keep busy for as long as the new member waits.
 */
export const others = defineResource({
  kind: "etcd members to come",
  label: ({ start }: JoiningProps) => start.awaited.join(", ") || "none",
  needs: (p) => (p.start.awaited.length > 0 ? ask(p, [{ name: p.host, address: p.address }]) : {}),
  diff: (now: Answers, p): Difference[] =>
    p.start.awaited
      .filter((url) => !firstList(now)?.some((one) => one.name !== "" && one.peerUrls.includes(url) && !one.isLearner))
      .map((url) => ({ what: url, before: "absent", after: "voter" })),
  apply: (_found, _now: Answers, p) => {
    const own = { state: "running", members: [{ name: p.host, peerUrls: [ownUrl(p)], hasRun: true }] } as const;
    const me = { ...p, others: [{ name: p.host, address: p.address }], start: { ...p.start, before: p.start.awaited } };
    return [script({ [key(p.host)]: own }, me, p.patience * (p.start.awaited.length + 1), "until_done all_vote")];
  },
  forecast: (now: Answers, p) =>
    Object.fromEntries(
      Object.entries(now).map(([name, answer]) => {
        const members = answer?.state === "running" ? answer.members : [];
        const rest = members.filter(({ peerUrls }) => !p.start.awaited.some((url) => peerUrls.includes(url)));
        const come = p.start.awaited.map((url) => ({ name: url, peerUrls: [url], hasRun: true }));
        return [name, { state: "running", members: [...rest, ...come] } as const];
      }),
    ),
});
