import type { ConformanceOptions } from "./options.ts";

/** One start of the test program. */
export interface Phase {
  readonly name: string;
  readonly parallel: number;
  /** Ginkgo's expression over labels. */
  readonly labels: string;
}

const alone = "(Serial || Disruptive)";

/** Tests that need the cluster for themselves run one by one, after all others. */
export const phasesOf = ({ labels, parallel }: Pick<ConformanceOptions, "labels" | "parallel">): readonly Phase[] =>
  parallel === 1
    ? [{ name: "one by one", parallel, labels }]
    : [
        { name: `${String(parallel)} at once`, parallel, labels: `(${labels}) && !${alone}` },
        { name: "one by one", parallel: 1, labels: `(${labels}) && ${alone}` },
      ];

export interface Run extends Pick<ConformanceOptions, "focus" | "skip"> {
  /** The test program, and Ginkgo's own program, which runs several processes of it. */
  readonly program: string;
  readonly ginkgo: string;
  readonly kubeconfig: string;
  readonly reports: string;
}

/** The command line of a phase: program and arguments. */
export function commandOf(phase: Phase, run: Run, dry = false): readonly [string, readonly string[]] {
  const chosen = [
    `--label-filter=${phase.labels}`,
    ...(run.focus === undefined ? [] : [`--focus=${run.focus}`]),
    ...(run.skip === undefined ? [] : [`--skip=${run.skip}`]),
    "--no-color",
    "--timeout=24h",
    ...(dry ? ["--dry-run"] : []),
  ];
  const own = [
    // There is no cloud behind the cluster.
    "--provider=skeleton",
    `--kubeconfig=${run.kubeconfig}`,
    `--report-dir=${run.reports}`,
    "--report-complete-ginkgo",
    // The nodes' logs stay on the nodes.
    "--disable-log-dump",
  ];
  if (phase.parallel === 1)
    return [run.program, [...chosen.map((flag) => flag.replace(/^--/, "--ginkgo.")), "--ginkgo.v", ...own]];
  return [run.ginkgo, [`--procs=${String(phase.parallel)}`, "-v", ...chosen, run.program, "--", ...own]];
}
