import { pc } from "#engine/report/colours.ts";
import { counted } from "#engine/counted.ts";
import { inOneLine } from "#engine/report/index.ts";
import { results, type Kind, type Result } from "./control.ts";
import type { Finding, Verdict } from "./judge.ts";

const colours: Readonly<Record<Result, (text: string) => string>> = {
  pass: pc.green,
  fail: pc.red,
  manual: pc.yellow,
  "n/a": pc.dim,
};
const indent = " ".repeat(16);

/** Characters of a value in a line for people. */
const mostShown = 300;
const cut = (text: string): string => {
  if (text.length <= mostShown) return text;
  const whole = text.lastIndexOf(", ", mostShown);
  return `${text.slice(0, whole > 0 ? whole : mostShown)}, … (--output json has all)`;
};

/** What was found, with the hosts if not all have the same. */
export const shownFinding = ({ hosts, value }: Finding, isOnly: boolean): string =>
  isOnly || hosts.length === 0 ? inOneLine(value) : `${hosts.join(", ")}: ${inOneLine(value)}`;

/** One line for each control, further ones where hosts differ, and the remedy of a fail. */
export function reportOf(verdicts: readonly Verdict[]): string[] {
  const lines = verdicts.flatMap(({ control, result, findings }) => {
    const { number, title, kind, remedy } = control;
    const [first, ...rest] = findings.map((finding) => cut(shownFinding(finding, findings.length === 1)));
    const by = kind === "manual" && result !== "manual" ? pc.dim(" (manual)") : "";
    return [
      `${number.padEnd(8)}${colours[result](result.toUpperCase().padEnd(8))}${title}${by}${first === undefined ? "" : `: ${first}`}`,
      ...rest.map((one) => indent + one),
      ...(result === "fail" ? [`${indent}remedy: ${remedy}`] : []),
    ];
  });
  return [...lines, "", ...(["automated", "manual"] as const).map((kind) => sumOf(verdicts, kind))];
}

/** "manual: 65 controls: 21 pass, 32 manual, 12 fail" */
function sumOf(verdicts: readonly Verdict[], kind: Kind): string {
  const own = verdicts.filter(({ control }) => control.kind === kind);
  const parts = results
    .map((result) => ({ result, count: own.filter((one) => one.result === result).length }))
    .filter(({ count }) => count > 0)
    .map(({ result, count }) => `${String(count)} ${result}`);
  return `${kind}: ${counted(own.length, "control")}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

/** For programs. */
export const jsonOf = (verdicts: readonly Verdict[]): readonly object[] =>
  verdicts.map(({ control: { number, title, kind, remedy }, result, findings }) => ({
    number,
    title,
    kind,
    result,
    findings,
    ...(result === "fail" && { remedy }),
  }));
