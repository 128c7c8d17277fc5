import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { writeWhole } from "#engine/files.ts";
import { speed } from "./speed.ts";

/** A number above 0 that the cache's folder keeps for the next run; undefined if it is not there. */
async function kept(file: string, name: string): Promise<number | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(file, "utf8"));
    const value = (content as Readonly<Record<string, unknown>>)[name];
    return typeof value === "number" && value > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

const keep = (file: string, name: string, value: number): Promise<void> =>
  writeWhole(file, `${JSON.stringify({ [name]: value })}\n`);

const paceIn = (folder: string): string => path.join(folder, "pace.json");
const lineIn = (folder: string): string => path.join(folder, "line.json");

/** Seconds that a unit of effort will take: as measured the last time, otherwise by a quick test of the processors. */
export const expectedPace = async (folder: string): Promise<number> =>
  (await kept(paceIn(folder), "secondsPerUnit")) ?? 1 / speed() / availableParallelism();

export const rememberPace = (folder: string, secondsPerUnit: number): Promise<void> =>
  keep(paceIn(folder), "secondsPerUnit", secondsPerUnit);

/** Bytes per second of the last downloads; undefined if this machine never measured any. */
export const lastLine = (folder: string): Promise<number | undefined> => kept(lineIn(folder), "bytesPerSecond");

export const rememberLine = (folder: string, bytesPerSecond: number): Promise<void> =>
  keep(lineIn(folder), "bytesPerSecond", bytesPerSecond);
