import { statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { defineQuery, defineResource } from "kubeplay";
import { speed } from "#artifacts/store/speed.ts";

export interface Capacity {
  readonly processors: number;
  /** The speed of one processor, as a multiple of the reference. */
  readonly speed: number;
  /** Bytes. */
  readonly memory: number;
  /** Free bytes where podman keeps the hosts' disks. */
  readonly disk: number;
}

const gib = 2 ** 30;
const inGib = (bytes: number): string => `${String(Math.round(bytes / gib))} GiB`;

async function free(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const capacity = defineQuery<Capacity>({
  kind: "capacity",
  get: async (keys) =>
    new Map(
      await Promise.all(
        keys.map(async (folder): Promise<[string, Capacity]> => {
          const found = { processors: availableParallelism(), speed: speed(), memory: totalmem() };
          return [folder, { ...found, disk: await free(folder) }];
        }),
      ),
    ),
});

/** The machine that the lab was tested on. Less than that is no error. */
const tried = { processors: 2, speed: 0.4, memory: 15 * gib, disk: 30 * gib };

/** The capacities of the tested machine that this machine does not reach. */
export const shortages = (found: Capacity): readonly string[] => [
  ...(found.processors < tried.processors ? [`${String(tried.processors)} processors`] : []),
  ...(found.speed < tried.speed ? ["faster processors"] : []),
  ...(found.memory < tried.memory ? [`${inGib(tried.memory)} of memory`] : []),
  ...(found.disk < tried.disk ? [`${inGib(tried.disk)} of free disk`] : []),
];

export function capacityInWords(found: Capacity): string {
  const { processors, speed, memory, disk } = found;
  const plural = processors === 1 ? "" : "s";
  const has =
    `This machine has ${String(processors)} processor${plural} (${speed.toFixed(1)} times the reference), ` +
    `${inGib(memory)} of memory and ${inGib(disk)} of free disk.`;
  const less = shortages(found);
  return less.length === 0
    ? has
    : `${has} The lab was tested with more: ${less.join(", ")}. This machine may be slow, or too small.`;
}

/** Reports this machine's capacity, which all hosts of the lab share. */
export const machineCapacity = defineResource({
  kind: "capacity",
  label: () => "this machine",
  needs: ({ folder }: { readonly folder: string }) => ({ found: capacity(folder) }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  warnings: ({ found }) => [capacityInWords(found)],
});
