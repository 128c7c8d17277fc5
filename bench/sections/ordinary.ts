import { bare, inventoryFile, targetsOf } from "../hosts.ts";
import { median } from "../median.ts";
import { kubeplay } from "../play.ts";
import { race } from "../race.ts";
import { standings } from "../standings.ts";
import { makeThings } from "./make-things.ts";
import type { Section } from "./section.ts";

/** Measures a hundred ordinary tasks on ten hosts. */
export const ordinary: Section = async ({ contenders, tasks, repeat, progress }) => {
  const targets = targetsOf(inventoryFile);
  const course = { hosts: inventoryFile, tasks };
  await makeThings(contenders, course, progress);
  const raced = await race({
    course,
    contenders,
    hosts: targets.length,
    repeat,
    firstRuns: true,
    bare: () => bare(targets),
    progress,
  });
  const of = (name: string) => raced.find(({ contender }) => contender === name);
  const mine = of("kubeplay");
  const floor = of("floor");
  const version = mine && (await versionSeconds(repeat, progress));
  const times = (value: number | undefined, by: number | undefined): number | undefined =>
    value === undefined || by === undefined ? undefined : value / by;
  return {
    title: `${tasks} ordinary tasks on ${targets.length} hosts`,
    text: standings(raced),
    figures: { raced, version },
    // The goals apply to a hundred tasks.
    goals:
      tasks === 100
        ? [
            { what: "nothing to do", limit: 1.4, unit: "s", value: mine?.again.seconds },
            { what: "nothing to do, its work", limit: 1.4, unit: "s", value: mine?.again.own },
            {
              what: "nothing to do, its work to the floor's",
              limit: 2.5,
              unit: "×",
              value: times(mine?.again.own, floor?.again.own),
            },
            { what: "first run", limit: 6, unit: "s", value: mine?.first?.seconds },
            { what: "first run, its work", limit: 6, unit: "s", value: mine?.first?.own },
            { what: "kubeplay --version", limit: 0.3, unit: "s", value: version },
          ]
        : [],
  };
};

async function versionSeconds(repeat: number, progress: Parameters<Section>[0]["progress"]): Promise<number> {
  const seconds: number[] = [];
  for (let n = 0; n < repeat; n++)
    seconds.push((await kubeplay(["--version"], "kubeplay --version", progress)).seconds);
  return median(seconds);
}
