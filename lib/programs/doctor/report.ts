import { counted } from "#engine/counted.ts";
import { pc } from "#engine/report/colours.ts";
import { inOneLine } from "#engine/report/index.ts";
import type { Check } from "./check.ts";
import type { Diagnosis } from "./examine.ts";

const colours = { error: pc.red, warning: pc.yellow, note: pc.dim } as const;

/** The findings for people. What hosts and the API say is shown in one line each. */
export function reportOf(found: readonly Diagnosis[], checks: readonly Check[], hosts: number): string[] {
  const lines = found.flatMap(({ severity, check, subject, problem, cause, remedy }) => [
    `${colours[severity](severity.toUpperCase())} ${inOneLine(subject)}: ${inOneLine(problem)} ${pc.dim(`[${check}]`)}`,
    ...(cause === undefined ? [] : [`    cause:  ${inOneLine(cause)}`]),
    `    remedy: ${remedy}`,
  ]);
  const of = (severity: Diagnosis["severity"]): number => found.filter((one) => one.severity === severity).length;
  const asked = `${counted(checks.length, "check")} on ${counted(hosts, "host")}`;
  const sum = `${counted(of("error"), "error")}, ${counted(of("warning"), "warning")}, ${counted(of("note"), "note")}`;
  return [...lines, ...(found.length > 0 ? [""] : []), `${asked}: ${found.length === 0 ? "nothing found" : sum}.`];
}
