import type { Verdict } from "./judge.ts";
import { shownFinding } from "./report.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Values are in one line: control characters, which XML 1.0 has no way to write, are shown by their numbers. */
const xml = (text: string): string => text.replace(/[&<>"]/g, (one) => entities[one] ?? one);

/**
 * JUnit's XML: a test suite for each section. A manual control never fails: one that is not right, or that a person must
 * answer, is skipped, with what was found as its message.
 */
export function junitOf(cluster: string, verdicts: readonly Verdict[]): string[] {
  const sections = [...new Set(verdicts.map(({ control }) => sectionOf(control.number)))];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="CIS ${xml(cluster)}" ${countsOf(verdicts)}>`,
    ...sections.flatMap((section) => {
      const own = verdicts.filter(({ control }) => sectionOf(control.number) === section);
      return [`  <testsuite name="${section}" ${countsOf(own)}>`, ...own.flatMap(caseOf), "  </testsuite>"];
    }),
    "</testsuites>",
  ];
}

const sectionOf = (number: string): string => number.split(".").slice(0, -1).join(".");

type Outcome = "failure" | "skipped" | undefined;
function outcomeOf({ control, result }: Verdict): Outcome {
  if (result === "pass") return undefined;
  return result === "fail" && control.kind === "automated" ? "failure" : "skipped";
}

function countsOf(verdicts: readonly Verdict[]): string {
  const of = (outcome: Outcome): string => String(verdicts.filter((one) => outcomeOf(one) === outcome).length);
  return `tests="${String(verdicts.length)}" failures="${of("failure")}" skipped="${of("skipped")}"`;
}

function caseOf(verdict: Verdict): string[] {
  const { control, result, findings } = verdict;
  const found = findings.map((finding) => shownFinding(finding, findings.length === 1)).join("; ");
  const open = `    <testcase classname="${sectionOf(control.number)}" name="${xml(`${control.number} ${control.title}`)}"`;
  const outcome = outcomeOf(verdict);
  if (!outcome) return [`${open}/>`];
  const message = xml(`${result}: ${found}`);
  const inner = outcome === "failure" ? `>remedy: ${xml(control.remedy)}</failure>` : "/>";
  return [`${open}>`, `      <${outcome} message="${message}"${inner}`, "    </testcase>"];
}
