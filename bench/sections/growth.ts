import { openEndpoints } from "../endpoints/endpoints.ts";
import type { Contender, Course } from "../contenders/contender.ts";
import { kubeplay } from "../contenders/kubeplay.ts";
import { bare, inventoryFile, targetsOf } from "../hosts.ts";
import { race, type Raced } from "../race.ts";
import { inMegabytes, inSeconds } from "../figures.ts";
import { table } from "#engine/report/table.ts";
import type { Section, SectionOptions } from "./section.ts";

const hostCounts = [1, 10, 100, 500];
const taskCounts = [10, 100, 1000];
const fewTasks = 20;

interface Step {
  readonly hosts: number;
  readonly tasks: number;
  readonly raced: readonly Raced[];
}

/** Measures how time and memory grow with the number of hosts and of tasks. */
export const growth: Section = async (options) => {
  const byHosts = await withHosts(options);
  const byTasks = await withTasks(options);
  return {
    title: "Growth",
    text: `By number of hosts, nothing to do:\n\n${tableOf(byHosts)}\n\nBy number of tasks:\n\n${tableOf(byTasks)}`,
    figures: { byHosts, byTasks },
    goals: [],
  };
};

async function withHosts({ contenders, repeat, progress }: SectionOptions): Promise<Step[]> {
  const inventoryOf = await openEndpoints(Math.max(...hostCounts), progress);
  const tasks = fewTasks;
  await kubeplay.lap({ hosts: await inventoryOf(1), tasks }, "make the workload", progress);
  const steps: Step[] = [];
  for (const hosts of hostCounts) {
    const course: Course = { hosts: await inventoryOf(hosts), tasks };
    const nothing = { firstRuns: false, bare: () => Promise.resolve() };
    steps.push({ hosts, tasks, raced: await race({ course, contenders, hosts, repeat, progress, ...nothing }) });
  }
  return steps;
}

async function withTasks({ contenders, repeat, progress }: SectionOptions): Promise<Step[]> {
  const targets = targetsOf(inventoryFile);
  // The floor can read nothing if no contender makes it.
  const makers: readonly Contender[] = contenders.some(({ changes }) => changes)
    ? contenders
    : [kubeplay, ...contenders];
  const steps: Step[] = [];
  for (const tasks of taskCounts) {
    const raced = await race({
      course: { hosts: inventoryFile, tasks },
      contenders: makers,
      hosts: targets.length,
      repeat,
      firstRuns: true,
      bare: () => bare(targets),
      progress,
    });
    steps.push({ hosts: targets.length, tasks, raced });
  }
  return steps;
}

const tableOf = (steps: readonly Step[]): string =>
  table(
    ["", "hosts", "tasks", "first run", "its work", "nothing to do", "its work", "memory"],
    steps.flatMap(({ hosts, tasks, raced }) =>
      raced.map(({ contender, first, again }) => [
        contender,
        String(hosts),
        String(tasks),
        inSeconds(first?.seconds),
        inSeconds(first?.own),
        inSeconds(again.seconds),
        inSeconds(again.own),
        inMegabytes(Math.max(first?.peakBytes ?? 0, again.peakBytes)),
      ]),
    ),
  );
