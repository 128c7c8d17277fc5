import type { Answer } from "./answer.ts";

const counted = (answers: readonly Answer[]): string => {
  const files = answers.filter(({ address }) => address.includes("://")).length;
  return `${String(files)} files and ${String(answers.length - files)} images`;
};

/** Everything that cannot be had, and a sum of the rest. `source` is given if nothing is downloaded. */
export function linesOf(answers: readonly Answer[], source?: string): string[] {
  const missing = answers.flatMap(({ problem, ...rest }) => (problem === undefined ? [] : [{ ...rest, problem }]));
  const there = answers.filter(({ problem }) => problem === undefined);
  const askers = [...new Set(answers.map(({ from }) => from))].join(" and ");
  return [
    ...missing.map(({ address, neededBy, from, problem }) => `✗ ${address} (${neededBy}), from ${from}: ${problem}`),
    ...(source === undefined ? [] : [`artifact_source is ${source}: no program is downloaded`]),
    missing.length === 0
      ? `All ${counted(there)} can be had, from ${askers || "nobody: nothing is needed"}.`
      : `${String(missing.length)} cannot be had; ${counted(there)} can. docs/mirrors.md has mirrors and proxies.`,
  ];
}
