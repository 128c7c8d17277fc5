import type { Play } from "../../dsl/index.ts";
import { PlayError } from "../../errors.ts";
import type { Host } from "../../inventory/types.ts";
import type { BatchSize, Serial } from "../../tasks/block.ts";
import type { Variables } from "./variables.ts";

/** The sizes of a play's batches. Throws PlayError for a variable that none of its roles has, or that is no size. */
export function serialOf(
  { name, serial, roles }: Play,
  hosts: readonly Host[],
  variables: Pick<Variables, "of">,
): Serial | undefined {
  if (typeof serial !== "object" || !("variable" in serial)) return serial;
  const { variable } = serial;
  const role = roles.find(({ vars }) => variable in vars);
  const [first] = hosts;
  if (!role || !first) throw new PlayError(`the play "${name}": none of its roles has the variable ${variable}`);
  const value = (variables.of(first.name, role) as Readonly<Record<string, unknown>>)[variable];
  const [, size, percent] = /^([1-9]\d*)(%?)$/.exec(String(value)) ?? [];
  if (size === undefined)
    throw new PlayError(
      `the play "${name}": ${variable} is ${JSON.stringify(value)}, expected a number of hosts such as 2, or a percentage such as "10%"`,
    );
  return percent === "%" ? `${Number(size)}%` : Number(size);
}

/** Divides the hosts of a play into the batches of its `serial`. */
export function serialBatches<T>(hosts: readonly T[], serial: Serial | undefined): (readonly T[])[] {
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
