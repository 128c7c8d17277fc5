import { pc } from "./colours.ts";
import type { RunEvent, ShownStep } from "../runner/index.ts";

export const inSeconds = (seconds: number): string => `${seconds.toFixed(2)} s`;

/** What a step did and printed, as -v to -vvv show it; `host` if the lines above do not name one host alone. */
export function stepInLines(
  { does, stdout, stderr, code, seconds }: ShownStep,
  verbosity: number,
  host?: string,
): string[] {
  const facts = [
    ...(seconds === undefined ? [] : [inSeconds(seconds)]),
    ...(code === undefined ? [] : [`exit code ${String(code)}`]),
  ];
  return [
    ...(host === undefined ? [] : [`  [${host}]`]),
    ...(verbosity > 1 && facts.length > 0 ? [pc.dim(`  step: ${facts.join(", ")}`)] : []),
    ...(verbosity > 2 && does !== undefined ? text("script", does).map(pc.dim) : []),
    ...text("stdout", stdout),
    ...text("stderr", stderr),
  ];
}

/** Indented, so that no line can be taken for one of the report. */
function text(name: string, content: string): string[] {
  const lines = content.trimEnd().split("\n");
  if (content.trim() === "") return [];
  return lines.length === 1 ? [`  ${name}: ${lines[0] ?? ""}`] : [`  ${name}:`, ...lines.map((line) => `    ${line}`)];
}

export function questionsInWords({ host, questions, seconds }: Extract<RunEvent, { type: "asked" }>): string {
  const parts = questions.map(({ kind, count, keys }) =>
    keys ? `${kind} ${keys.join(" ")}` : `${kind} (${String(count)})`,
  );
  return `  asked [${host}] in ${inSeconds(seconds)}: ${parts.join(", ")}`;
}
