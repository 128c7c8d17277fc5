import { bare, inventoryFile, targetsOf } from "../hosts.ts";
import { writeInventory } from "../inventory.ts";
import { delayingProxy } from "../latency/proxy.ts";
import { race } from "../race.ts";
import { standings } from "../standings.ts";
import { makeThings } from "./make-things.ts";
import type { Section } from "./section.ts";

/** In milliseconds. */
const roundTrip = 50;

/** Measures the same hundred tasks on distant hosts. */
export const latency: Section = async ({ contenders, tasks, repeat, progress }) => {
  const targets = targetsOf(inventoryFile);
  await makeThings(contenders, { hosts: inventoryFile, tasks }, progress);
  const proxies = await Promise.all(targets.map(({ address, port }) => delayingProxy(address, port, roundTrip / 2)));
  try {
    const endpoints = targets.map((host, index) => ({
      name: host.name,
      address: "127.0.0.1",
      port: proxies[index]?.port ?? 0,
      host,
    }));
    const raced = await race({
      course: { hosts: await writeInventory("far", endpoints), tasks },
      contenders,
      hosts: targets.length,
      repeat,
      firstRuns: true,
      bare: () => bare(targets),
      progress,
    });
    const mine = raced.find(({ contender }) => contender === "kubeplay");
    return {
      title: `${tasks} ordinary tasks on ${targets.length} hosts, ${roundTrip} ms away`,
      text: standings(raced),
      figures: { raced },
      goals:
        tasks === 100
          ? [
              { what: `nothing to do at ${roundTrip} ms`, limit: 2, unit: "s", value: mine?.again.seconds },
              { what: `nothing to do at ${roundTrip} ms, its work`, limit: 2, unit: "s", value: mine?.again.own },
            ]
          : [],
    };
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }
};
