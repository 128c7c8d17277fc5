import type { Raced } from "./race.ts";
import { table } from "#engine/report/table.ts";
import { inMegabytes, inSeconds, ratio } from "./figures.ts";

/** One race as a table: the times of whole processes, and of the work in them if a contender reports that. */
export function standings(raced: readonly Raced[]): string {
  const nothing = (name: string): number | undefined =>
    raced.find(({ contender }) => contender === name)?.again.seconds;
  const columns: readonly Column[] = [
    ["", ({ contender }) => contender],
    ...(raced.some(({ first }) => first) ? firstRun : []),
    ["nothing to do", ({ again }) => inSeconds(again.seconds)],
    ["its work", ({ again }) => inSeconds(again.own)],
    ["to the floor", ({ again }) => ratio(again.seconds, nothing("floor"))],
    ["to kubeplay", ({ again }) => ratio(again.seconds, nothing("kubeplay"))],
    ["memory", ({ first, again }) => inMegabytes(Math.max(first?.peakBytes ?? 0, again.peakBytes))],
    ["laps", ({ first, again }) => (first ? `${first.laps} + ${again.laps}` : String(again.laps))],
  ];
  return table(
    columns.map(([title]) => title),
    raced.map((one) => columns.map(([, cell]) => cell(one))),
  );
}

type Column = readonly [title: string, cell: (one: Raced) => string];

const firstRun: readonly Column[] = [
  ["first run", ({ first }) => inSeconds(first?.seconds)],
  ["its work", ({ first }) => inSeconds(first?.own)],
];
