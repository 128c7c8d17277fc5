/** The result of one test. */
export interface Result {
  /** "[sig-network] DNS should provide DNS for services". */
  readonly name: string;
  readonly outcome: "passed" | "failed";
  readonly seconds: number;
  /** The first line of the failure's message. */
  readonly why?: string;
}

/** The part of Ginkgo's own report that is read. */
interface Suite {
  readonly SpecialSuiteFailureReasons?: readonly string[] | null;
  readonly SpecReports?: readonly Spec[] | null;
}
interface Spec {
  readonly LeafNodeType: string;
  readonly LeafNodeText: string;
  readonly ContainerHierarchyTexts?: readonly string[] | null;
  readonly State: string;
  /** Nanoseconds. */
  readonly RunTime: number;
  readonly Failure?: { readonly Message?: string };
}

/** Tests in these states did not run, so they say nothing about the cluster. */
const idle = ["skipped", "pending"];

/** The tests of a report that ran, in their order. Setup and cleanup of the suite are included only if they failed. */
export function resultsIn(report: string): readonly Result[] {
  return (JSON.parse(report) as readonly Suite[]).flatMap(({ SpecReports, SpecialSuiteFailureReasons }) => [
    ...(SpecReports ?? []).filter(counts).map(asResult),
    ...(SpecialSuiteFailureReasons ?? []).map(
      (why) => ({ name: "the suite", outcome: "failed", seconds: 0, why }) as const,
    ),
  ]);
}

/** The tests of a dry run: those that would run. */
export const namesIn = (report: string): readonly string[] =>
  (JSON.parse(report) as readonly Suite[]).flatMap(({ SpecReports }) =>
    (SpecReports ?? []).filter((spec) => spec.LeafNodeType === "It" && !idle.includes(spec.State)).map(specName),
  );

const counts = ({ LeafNodeType, State }: Spec): boolean =>
  !idle.includes(State) && (LeafNodeType === "It" || State !== "passed");

const specName = ({ LeafNodeType, LeafNodeText, ContainerHierarchyTexts }: Spec): string =>
  [...(ContainerHierarchyTexts ?? []), LeafNodeText || LeafNodeType].join(" ").trim();

function asResult(spec: Spec): Result {
  const { State, RunTime, Failure } = spec;
  const name = specName(spec);
  const seconds = RunTime / 1e9;
  if (State === "passed") return { name, outcome: "passed", seconds };
  const message = (Failure?.Message ?? "").trim().split("\n")[0] ?? "";
  return { name, outcome: "failed", seconds, why: `${State === "failed" ? "" : `${State}: `}${message}` };
}

/** "[sig-network] DNS …" is of sig-network. */
export const groupOf = ({ name }: Pick<Result, "name">): string => /^\[(sig-[\w-]+)\]/.exec(name)?.[1] ?? "others";
