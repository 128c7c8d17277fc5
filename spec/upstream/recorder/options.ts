import { Command } from "commander";
import { released } from "../addresses.ts";
import { recordedFolder } from "../record.ts";

export interface RecorderOptions {
  /** By their names in the catalogue; all if empty. */
  readonly names: readonly string[];
  readonly out: string;
  readonly pins: string;
  /** Whether signatures of downloads are verified. */
  readonly signatures: boolean;
}

/** Parses the words after `npm run upstream:record --`. Throws an Error for an unknown component. */
export function parseOptions(words: readonly string[]): RecorderOptions {
  const command = new Command("npm run upstream:record --")
    .argument("[component...]", "the components to record again; all by default")
    .option("--out <folder>", "the folder of the records", recordedFolder)
    .option("--pins <file>", "the lock file that the downloads must match", "artifacts.lock.json")
    .option("--no-signatures", "do not verify the signatures of downloads")
    .parse([...words], { from: "user" });
  const names = command.args;
  const unknown = names.filter((name) => !released.some((one) => one.name === name));
  if (unknown.length > 0)
    throw new Error(`no component ${unknown.join(", ")}; there are: ${released.map(({ name }) => name).join(", ")}`);
  return { names, ...command.opts<Omit<RecorderOptions, "names">>() };
}
