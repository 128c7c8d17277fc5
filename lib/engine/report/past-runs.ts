import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { MadeOf, Summary } from "./run-files.ts";

/** A run that came to its end, with what it was made of. */
export type PastRun = Summary & MadeOf;

/** Every run of the folder that ended and changed hosts, or could have: the latest first. */
export const pastRuns = (folder: string): PastRun[] =>
  runFolders(folder).flatMap((name) => {
    const summary = read(path.join(folder, name, "summary.json")) as Partial<PastRun> | undefined;
    return summary?.check === false && summary.given && summary.sources ? [summary as PastRun] : [];
  });

/** The runs since then that have not come to an end: at work still, or killed. Nobody knows what they have changed. */
export const unendedSince = (folder: string, id: string): string[] =>
  runFolders(folder).filter(
    (name) =>
      name > id &&
      read(path.join(folder, name, "summary.json")) === undefined &&
      /"type":"run started".*"check":false/.test(firstLine(path.join(folder, name, "events.jsonl"))),
  );

/** Their names begin with the time. */
function runFolders(folder: string): string[] {
  try {
    return readdirSync(folder).sort().reverse();
  } catch {
    // Nothing was ever played here.
    return [];
  }
}

/** Undefined where there is none, or no more than half of it. */
function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n", 1)[0] ?? "";
  } catch {
    return "";
  }
}
