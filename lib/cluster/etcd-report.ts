import { defineResource, queries, register, type Query } from "kubeplay";
import { etcdMembers, type EtcdAnswer, type EtcdMember, type InitialState } from "./etcd-members.ts";

/** What a master knows of etcd: its own member, and what is left of one. */
export interface EtcdReport {
  readonly etcd: EtcdAnswer;
  readonly hasData: boolean;
  /** From its configuration: the members as initial-cluster lists them, and the state with which it once started. */
  readonly listed?: readonly string[];
  readonly state?: InitialState;
}

/** The path of every member's configuration. */
export const etcdConfiguration = "/etc/etcd/etcd.yaml";

/** A member's folder in the folder of its data. */
export const memberFolder = "member";

interface Known {
  readonly etcd: EtcdAnswer;
  readonly hasData: boolean;
  readonly configuration: string | undefined;
}

export function reportOf({ etcd, hasData, configuration = "" }: Known): EtcdReport {
  const [, listed] = /^initial-cluster: (.+)$/m.exec(configuration) ?? [];
  const [, state] = /^initial-cluster-state: (new|existing)$/m.exec(configuration) ?? [];
  return {
    etcd,
    hasData,
    ...(listed !== undefined && { listed: listed.split(",") }),
    ...(state !== undefined && { state: state as InitialState }),
  };
}

/** The members of the cluster that a master runs; undefined if it runs none. */
export const membersOf = (report: EtcdReport | undefined): readonly EtcdMember[] | undefined =>
  report?.etcd.state === "running" ? report.etcd.members : undefined;

export interface ReportProps {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
}

type Answers = Readonly<Record<string, EtcdAnswer | queries.PathState | queries.ContentState>>;

/** Asks a master for its report. Never a change. */
export const etcdReport = defineResource({
  kind: "etcd report",
  label: ({ host }: ReportProps) => host,
  needs: ({ address, port, dataDir }): Record<string, Query<Answers[string]>> => ({
    etcd: etcdMembers({ address, port }),
    folder: queries.path(`${dataDir}/${memberFolder}`),
    configuration: queries.content(etcdConfiguration),
  }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: ({ etcd, folder, configuration }: Answers) =>
    reportOf({
      etcd: etcd as EtcdAnswer,
      hasData: (folder as queries.PathState).type !== "absent",
      configuration: typeof configuration === "string" ? configuration : undefined,
    }),
});

/** Reports as the properties of a resource: each may be the output of another host's task. */
export type Reports = Readonly<Record<`report of ${string}`, EtcdReport | undefined>>;
export const reportKey = (name: string) => `report of ${name}` as const;

/** The reports of all masters, for those that decide by them. */
export const etcdReports = register<EtcdReport>("etcd report");
