import { loadInventory } from "#engine/inventory/load.ts";
import type { Target } from "#engine/connection/types.ts";
import { play } from "./play.ts";
import type { Progress } from "./progress.ts";
import { everywhere } from "./ssh.ts";
import { takeAway } from "./workload/bare.ts";

export const inventoryFile = "bench/hosts.yaml";

/** Starts the bench's ten hosts if they do not run yet, with the play that makes every lab. */
export async function makeHosts(progress: Progress): Promise<void> {
  await play(["-i", inventoryFile, "lab"], "ten hosts", progress);
  await play(["-i", inventoryFile, "bench/prepare.ts"], "Python on the hosts, for ansible", progress);
}

export async function removeHosts(progress: Progress): Promise<void> {
  await play(["-i", inventoryFile, "-e", "lab_state=absent", "lab"], "remove the hosts", progress);
}

export function targetsOf(file: string): Target[] {
  const inventory = loadInventory({ file, root: process.cwd() });
  return inventory.hosts.map(({ name }) => inventory.target(name));
}

/** Removes everything that the workload makes on these hosts. */
export async function bare(targets: readonly Target[]): Promise<void> {
  await everywhere(targets, takeAway);
}
