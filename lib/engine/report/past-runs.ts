import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { MadeOf, Summary } from "./run-files.ts";

/** A finished run, with its arguments and sources. */
export type PastRun = Summary & MadeOf;

/** All finished runs of the folder that were not checks, latest first. */
export const pastRuns = (folder: string): PastRun[] =>
  runFolders(folder).flatMap((name) => {
    const summary = read(path.join(folder, name, "summary.json")) as Partial<PastRun> | undefined;
    return summary?.check === false && summary.given && summary.sources ? [summary as PastRun] : [];
  });

/** The runs since then that have not finished: still running, or killed. Their changes are unknown. */
export const unendedSince = (folder: string, id: string): string[] =>
  runFolders(folder).filter(
    (name) =>
      name > id &&
      read(path.join(folder, name, "summary.json")) === undefined &&
      /"type":"run started".*"check":false/.test(firstLine(path.join(folder, name, "events.jsonl"))),
  );

/** The names begin with the time. */
function runFolders(folder: string): string[] {
  try {
    return readdirSync(folder).sort().reverse();
  } catch {
    // No run was recorded yet.
    return [];
  }
}

/** Undefined if the file is missing or incomplete. */
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
