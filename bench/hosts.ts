import { loadInventory } from "#engine/inventory/load.ts";
import type { Target } from "#engine/connection/types.ts";
import { play } from "./play.ts";
import type { Progress } from "./progress.ts";
import { everywhere } from "./ssh.ts";
import { takeAway } from "./workload/bare.ts";

export const inventoryFile = "bench/hosts.yaml";

/** Starts the bench's ten hosts where they do not run yet, by the same play that makes everybody's lab. */
export async function makeHosts(progress: Progress): Promise<void> {
  await play(["-i", inventoryFile, "lab"], "ten hosts", progress);
  await play(["-i", inventoryFile, "bench/prepare.ts"], "Python on them, for ansible", progress);
}

export async function removeHosts(progress: Progress): Promise<void> {
  await play(["-i", inventoryFile, "-e", "lab_state=absent", "lab"], "the hosts are taken away", progress);
}

export function targetsOf(file: string): Target[] {
  const inventory = loadInventory({ file, root: process.cwd() });
  return inventory.hosts.map(({ name }) => inventory.target(name));
}

/** Takes away all that the workload makes on these hosts. */
export async function bare(targets: readonly Target[]): Promise<void> {
  await everywhere(targets, takeAway);
}
