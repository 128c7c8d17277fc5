import { BenchError } from "../bench-error.ts";
import { inventoryFile, targetsOf } from "../hosts.ts";
import { writeInventory } from "../inventory.ts";
import { play } from "../play.ts";
import type { Progress } from "../progress.ts";
import { firstPort } from "./role.ts";

/**
 * Opens `most` ports on one host. Resolves to a function that writes an inventory with the given number of ports as
 * hosts.
 */
export async function openEndpoints(most: number, progress: Progress): Promise<(count: number) => Promise<string>> {
  const args = ["-i", inventoryFile, "-e", `bench_endpoints=${most}`, "bench/endpoints/playbook.ts"];
  await play(args, `${most} ports of one host`, progress);
  const [host] = targetsOf(inventoryFile);
  if (!host) throw new BenchError(`${inventoryFile} has no hosts`);
  return (count) => {
    const endpoints = Array.from({ length: count }, (_, index) => ({
      name: `endpoint-${index + 1}`,
      address: host.address,
      port: firstPort + index,
      host,
    }));
    return writeInventory(`endpoints-${count}`, endpoints);
  };
}
