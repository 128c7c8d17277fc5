import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { writeWhole } from "#lib/files.ts";

/** How often a processor that takes a second for a unit of effort does `lap` in a second. */
const lapsOfReference = 1000;

/** Milliseconds. */
const look = 150;

const sample = JSON.stringify(
  Array.from({ length: 200 }, (_, index) => ({ name: `package-${String(index)}`, imports: [index, `${index * 7}`] })),
);
const lap = (): number => JSON.stringify(JSON.parse(sample)).length;

/** Laps in a second, on one processor. */
function speed(): number {
  for (let warm = 0; warm < 20; warm++) lap();
  const began = performance.now();
  let laps = 0;
  while (performance.now() - began < look) laps += lap() > 0 ? 1 : 0;
  return (laps * 1000) / (performance.now() - began);
}

const fileIn = (folder: string): string => path.join(folder, "pace.json");

/** Seconds that a unit of effort took when this machine built last; undefined where it never did. */
async function lastPace(folder: string): Promise<number | undefined> {
  try {
    const told: unknown = JSON.parse(await readFile(fileIn(folder), "utf8"));
    const { secondsPerUnit } = told as { readonly secondsPerUnit?: unknown };
    return typeof secondsPerUnit === "number" && secondsPerUnit > 0 ? secondsPerUnit : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds that a unit of effort will take: as it was the last time, else by a quick look at the processors. */
export const expectedPace = async (folder: string): Promise<number> =>
  (await lastPace(folder)) ?? lapsOfReference / speed() / availableParallelism();

export const rememberPace = (folder: string, secondsPerUnit: number): Promise<void> =>
  writeWhole(fileIn(folder), `${JSON.stringify({ secondsPerUnit })}\n`);
