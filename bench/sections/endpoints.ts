import { openEndpoints } from "../endpoints/endpoints.ts";
import { race } from "../race.ts";
import { standings } from "../standings.ts";
import { kubeplay } from "../contenders/kubeplay.ts";
import type { Section } from "./section.ts";

const count = 500;
const tasks = 20;

/** Measures one controller with many hosts and nothing to do. */
export const endpoints: Section = async ({ contenders, repeat, progress }) => {
  const inventoryOf = await openEndpoints(count, progress);
  await kubeplay.lap({ hosts: await inventoryOf(1), tasks }, "make the workload", progress);
  const raced = await race({
    course: { hosts: await inventoryOf(count), tasks },
    contenders,
    hosts: count,
    repeat,
    firstRuns: false,
    bare: () => Promise.resolve(),
    progress,
  });
  const mine = raced.find(({ contender }) => contender === "kubeplay")?.again;
  return {
    title: `${tasks} ordinary tasks on ${count} endpoints of one host`,
    text: standings(raced),
    figures: { raced },
    goals: [
      { what: `${count} endpoints, nothing to do`, limit: 20, unit: "s", value: mine?.seconds },
      { what: `${count} endpoints, memory`, limit: 300, unit: "MB", value: mine && mine.peakBytes / 1e6 },
    ],
  };
};
