import { Command, Option } from "commander";
import { parse } from "#engine/cli/parse.ts";

export interface DoctorOptions {
  readonly inventory: string;
  readonly extraVars: readonly string[];
  readonly output: "text" | "json";
  readonly list: boolean;
}

/** Undefined if the user only asked for help. Throws OptionError. */
export function parseOptions(args: readonly string[]): DoctorOptions | undefined {
  const command = new Command("doctor")
    .description(
      "Examines a cluster and its hosts, and prints what is wrong, why, and what to do. Changes nothing. Exit code 2 if something must be done. With the word upstream, it examines downloads instead.",
    )
    .option("-i, --inventory <file>", "the cluster's inventory", "hosts.yaml")
    .option(
      "-e, --extra-vars <variables>",
      "variables, as for play",
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .addOption(
      new Option("-o, --output <format>", "the form of the findings").choices(["text", "json"]).default("text"),
    )
    .option("--list", "list the checks", false)
    .allowExcessArguments(false);
  return parse(command, args) ? { ...command.opts<DoctorOptions>() } : undefined;
}
