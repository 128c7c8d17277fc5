import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { writeWhole } from "#engine/files.ts";
import { speed } from "./speed.ts";

const fileIn = (folder: string): string => path.join(folder, "pace.json");

/** Seconds that a unit of effort took when this machine last built; undefined if it never did. */
async function lastPace(folder: string): Promise<number | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(fileIn(folder), "utf8"));
    const { secondsPerUnit } = content as { readonly secondsPerUnit?: unknown };
    return typeof secondsPerUnit === "number" && secondsPerUnit > 0 ? secondsPerUnit : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds that a unit of effort will take: as measured the last time, otherwise by a quick test of the processors. */
export const expectedPace = async (folder: string): Promise<number> =>
  (await lastPace(folder)) ?? 1 / speed() / availableParallelism();

export const rememberPace = (folder: string, secondsPerUnit: number): Promise<void> =>
  writeWhole(fileIn(folder), `${JSON.stringify({ secondsPerUnit })}\n`);
