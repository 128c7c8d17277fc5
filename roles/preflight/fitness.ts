import { defineResource, TaskError } from "kubeplay";
import { etcdConfiguration, memberFolder, reportOf, type EtcdReport } from "#cluster/etcd-report.ts";
import type { HostRequirements } from "./checked.ts";
import { problemsOf } from "./checks.ts";
import { doubtsOf } from "./machine-checks.ts";
import { findingsOf, questions, type HostAnswers } from "./findings.ts";
import { strangersIn } from "./strangers.ts";

export interface FitnessProps {
  readonly wanted: HostRequirements;
  readonly ignored: readonly string[];
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
  /** What is known of its member of etcd, for the checks of all masters. */
  output: (now: HostAnswers, { wanted }): EtcdReport => {
    const { etcd, folders, texts } = findingsOf(now);
    return reportOf({
      etcd,
      hasData: folders[wanted.etcd.dataDir]?.includes(memberFolder) ?? false,
      configuration: texts[etcdConfiguration],
    });
  },
});
