import { counted } from "#engine/counted.ts";
import { ofApt, type Answer } from "./answer.ts";

const sizeOf = (answers: readonly Answer[]): string => {
  const sources = answers.filter(({ neededBy }) => neededBy === ofApt).length;
  const files = answers.filter(({ address }) => address.includes("://")).length - sources;
  const images = `${String(files)} files and ${String(answers.length - files - sources)} images`;
  return sources === 0 ? images : `${images.replace(" and", ",")} and ${counted(sources, "source")} of apt`;
};

/** Everything that cannot be had, and a sum of the rest. `source` is given if nothing is downloaded. */
export function linesOf(answers: readonly Answer[], source?: string): string[] {
  const failed = answers.flatMap(({ problem, ...rest }) => (problem === undefined ? [] : [{ ...rest, problem }]));
  const missing = failed.filter(({ isSpare }) => !isSpare);
  const there = answers.filter(({ problem }) => problem === undefined);
  const askers = [...new Set(answers.map(({ from }) => from))].join(" and ");
  return [
    ...failed.map(
      ({ address, neededBy, from, problem, isSpare }) =>
        `${isSpare ? "!" : "✗"} ${address} (${neededBy}), from ${from}: ${problem}`,
    ),
    ...(source === undefined ? [] : [`artifact_source is ${source}: no program is downloaded`]),
    missing.length === 0
      ? `All ${sizeOf(there)} can be had, from ${askers || "nobody: nothing is needed"}.`
      : `${String(missing.length)} cannot be had; ${sizeOf(there)} can. docs/mirrors.md has mirrors and proxies.`,
  ];
}
