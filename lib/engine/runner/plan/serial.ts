import type { Play } from "../../dsl/index.ts";
import type { BatchSize, Serial } from "../../tasks/block.ts";

/** Divides the hosts of a play into the batches of its `serial`. */
export function serialBatches<T>(hosts: readonly T[], serial: Play["serial"]): (readonly T[])[] {
  const sizes = [serial ?? hosts.length].flat();
  const all: (readonly T[])[] = [];
  for (let start = 0; start < hosts.length; start += all.at(-1)?.length ?? 1) {
    const size = sizes[Math.min(all.length, sizes.length - 1)] ?? hosts.length;
    all.push(hosts.slice(start, start + sizeOf(size, hosts.length)));
  }
  return all;
}

/** How many hosts may be at work once so many are done: the size of the batch that the next host belongs to. */
export function sizeAfter(done: number, serial: Serial, hosts: number): number {
  const sizes = [serial].flat();
  let end = 0;
  for (const size of sizes) {
    end += sizeOf(size, hosts);
    if (done < end) return sizeOf(size, hosts);
  }
  return sizeOf(sizes.at(-1) ?? 1, hosts);
}

/** As in Ansible: a percentage of all hosts is rounded down, with a minimum of one; 0 means all hosts. */
function sizeOf(size: BatchSize, hosts: number): number {
  if (size === 0) return hosts;
  const count = typeof size === "number" ? size : Math.floor((hosts * Number.parseFloat(size)) / 100);
  return Math.max(1, count);
}
