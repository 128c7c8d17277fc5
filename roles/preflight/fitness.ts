import { defineResource, TaskError } from "kubeplay";
import { etcdConfiguration, memberFolder, reportOf, type EtcdReport } from "#cluster/etcd-report.ts";
import type { HostRequirements } from "./checked.ts";
import { problemsOf } from "./checks.ts";
import { doubtsOf } from "./machine-checks.ts";
import { clusterCa, findingsOf, questions, type HostAnswers } from "./findings.ts";
import { strangersIn } from "./strangers.ts";

export interface FitnessProps {
  readonly wanted: HostRequirements;
  readonly ignored: readonly string[];
}

/** What a host tells the others: its member of etcd, and whether it has joined the cluster yet. */
export interface HostReport extends EtcdReport {
  readonly isNew: boolean;
}

/** Fails with all problems of a host. It never changes anything. */
export const fitness = defineResource({
  kind: "preflight",
  label: ({ wanted }: FitnessProps) => wanted.host.name,
  needs: ({ wanted }) => questions(wanted),
  diff: (now: HostAnswers, { wanted, ignored }) => {
    const problems = problemsOf({ ...wanted, found: findingsOf(now) }, ignored);
    if (problems.length > 0)
      throw new TaskError(`${problems.join("\n  ")}\nTo skip a check, name it: -e '{"preflight_ignore": ["…"]}'`);
    return [];
  },
  warnings: (now, { wanted, ignored }) => [
    ...(ignored.includes("System") ? [] : doubtsOf(wanted).map((doubt) => `${wanted.host.name}: ${doubt}`)),
    ...strangersIn({ ...wanted, found: findingsOf(now) }),
  ],
  apply: () => [],
  forecast: () => ({}),
  output: (now: HostAnswers, { wanted }): HostReport => {
    const { etcd, folders, texts } = findingsOf(now);
    const hasData = folders[wanted.etcd.dataDir]?.includes(memberFolder) ?? false;
    return {
      ...reportOf({ etcd, hasData, configuration: texts[etcdConfiguration] }),
      isNew: texts[clusterCa] === undefined,
    };
  },
});
