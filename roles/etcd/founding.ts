import { defineResource, type Query } from "kubeplay";
import { etcdMembers, type EtcdAnswer } from "#cluster/etcd-members.ts";
import { reportKey, type Reports } from "#cluster/etcd-report.ts";
import { startOf, type Founding, type Start } from "./start.ts";

export type FoundingProps = Founding & {
  /** Seconds of retries for a peer that accepts connections but does not answer. */
  readonly patience: number;
} & Reports;

/** By the name of the master. */
type Answers = Readonly<Record<string, EtcdAnswer | undefined>>;

/** The masters that did not report in this run. */
const silent = (p: FoundingProps) =>
  p.masters.filter(({ name }) => name !== p.host && (p as Reports)[reportKey(name)] === undefined);

function known(now: Answers, p: FoundingProps): Founding {
  const masters = p.masters.map((one) => {
    const answer = now[one.name];
    const own = (p as Reports)[reportKey(one.name)];
    const asked = answer && { etcd: answer, hasData: false };
    return { ...one, reached: one.reached || own !== undefined, report: own ?? asked };
  });
  return { ...p, masters };
}

/**
 * Decides how the host's member of etcd starts. Without data it founds a cluster with the other configured members, or
 * joins the one that runs: a second cluster would let the API answer from either. Never a change; its output is the
 * decision.
 */
export const founding = defineResource({
  kind: "etcd founding",
  label: ({ host }: FoundingProps) => host,
  needs: (p): Record<string, Query<EtcdAnswer>> =>
    Object.fromEntries(
      silent(p).map(({ name, address }) => [
        name,
        etcdMembers({ address, port: p.port, unlessDataIn: p.dataDir, patience: p.patience }),
      ]),
    ),
  diff: (now: Answers, p) => {
    startOf(known(now, p));
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: (now: Answers, p): Start => startOf(known(now, p)),
});
