import { fail, results, type Control, type Judgement, type Result } from "./control.ts";
import type { ClusterEvidence } from "./evidence/cluster.ts";

/** What was found, and on which hosts; no host for what is judged once for the cluster. */
export interface Finding extends Judgement {
  readonly hosts: readonly string[];
}

export interface Verdict {
  readonly control: Control;
  /** The worst of the findings. */
  readonly result: Result;
  /** One for each value that hosts have, the worst first. */
  readonly findings: readonly Finding[];
}

/** Judges controls by what was asked. A host that gave no answer fails its controls. */
export const judge = (controls: readonly Control[], cluster: ClusterEvidence): readonly Verdict[] =>
  controls.map((control) => {
    const findings = findingsOf(control, cluster).sort((a, b) => results.indexOf(b.result) - results.indexOf(a.result));
    return { control, result: findings[0]?.result ?? "n/a", findings };
  });

function findingsOf(control: Control, cluster: ClusterEvidence): Finding[] {
  if (control.hosts === "cluster") return [{ hosts: [], ...guarded(() => control.judge(cluster)) }];
  const { hosts, judge: ofHost } = control;
  const unread = cluster.unread
    .filter(({ host }) => hosts === "nodes" || host.groups.includes("masters"))
    .map(({ host, reason }) => ({ name: host.name, judgement: fail(`not read: ${reason}`) }));
  const read = cluster[hosts].map((one) => ({ name: one.host.name, judgement: guarded(() => ofHost(one)) }));
  const groups = new Map<string, Finding>();
  for (const { name, judgement } of [...read, ...unread]) {
    const key = `${judgement.result} ${judgement.value}`;
    groups.set(key, { ...judgement, hosts: [...(groups.get(key)?.hosts ?? []), name] });
  }
  return [...groups.values()];
}

/** One control that fails itself must not hide the others. */
function guarded(ask: () => Judgement): Judgement {
  try {
    return ask();
  } catch (error) {
    return fail(`the control failed itself: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether an automated control fails: what a person must answer is no failure. */
export const isFailed = (verdicts: readonly Verdict[]): boolean =>
  verdicts.some(({ control, result }) => control.kind === "automated" && result === "fail");
