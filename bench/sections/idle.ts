import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { table } from "#engine/report/table.ts";
import { labProcesses } from "../idle/lab.ts";
import { allProcesses, below } from "../idle/processes.ts";
import { usage, type Usage } from "../idle/usage.ts";
import type { Section } from "./section.ts";

const seconds = 60;
/** The minimum percentage of one core for a program to get its own row. */
const shown = 0.2;

/** Measures the processor time of an idle lab, by program. */
export const idle: Section = async ({ inventory, progress }) => {
  const roots = labProcesses(inventory);
  const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const before = below(allProcesses(), roots);
  const started = performance.now();
  const told = progress.begin(`the idle lab, ${seconds} s`);
  await sleep(seconds * 1000);
  const after = below(allProcesses(), roots);
  const took = (performance.now() - started) / 1000;
  told.end();
  const found = usage(before, after);
  const percent = (ticks: number): number => ((ticks / ticksPerSecond) * 100) / took;
  const whole = found.reduce((sum, { ticks }) => sum + ticks, 0);
  const large = found.filter(({ ticks }) => percent(ticks) >= shown);
  const rest = found.filter((one) => !large.includes(one));
  const row = ({ program, processes, ticks }: Usage): string[] => [
    program,
    processes === 0 ? "" : String(processes),
    `${percent(ticks).toFixed(1)} %`,
  ];
  const sum = (program: string, of: readonly Usage[]): string[] =>
    row({
      program,
      processes: of.reduce((count, { processes }) => count + processes, 0),
      ticks: of.reduce((count, { ticks }) => count + ticks, 0),
    });
  return {
    title: `The idle lab of ${inventory}, of one core`,
    text: table(["program", "processes", "time"], [...large.map(row), sum("all others", rest), sum("together", found)]),
    figures: { seconds: took, programs: found.map((one) => ({ ...one, percent: percent(one.ticks) })) },
    // Half of the time with upstream's intervals, on the machine of the figures in docs/lab.md.
    goals: [{ what: "the idle lab, of one core", limit: 37.5, unit: "%", value: percent(whole) }],
  };
};
