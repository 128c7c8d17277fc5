import { Argument, Command, Option } from "commander";
import { parse } from "#engine/cli/parse.ts";
import { OptionError } from "#engine/errors.ts";
import { controls, isSelected } from "./controls/index.ts";

export const outputs = ["text", "json", "junit", "metrics"] as const;

export interface CisOptions {
  readonly inventory: string;
  readonly extraVars: readonly string[];
  readonly output: (typeof outputs)[number];
  readonly list: boolean;
  /** Numbers of controls and of sections. */
  readonly selection: readonly string[];
}

/** Undefined if the user only asked for help. Throws OptionError. */
export function parseOptions(args: readonly string[]): CisOptions | undefined {
  const command = new Command("cis")
    .description(
      "Judges a cluster and its hosts by the CIS Kubernetes Benchmark 1.12: each control with its result, the value found, and a remedy. Changes nothing. Exit code 2 if an automated control fails.",
    )
    .addArgument(new Argument("[number...]", "controls or sections: 4.2.6, 1.2").default([], "all"))
    .option("-i, --inventory <file>", "the cluster's inventory", "hosts.yaml")
    .option(
      "-e, --extra-vars <variables>",
      "variables, as for play",
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .addOption(new Option("-o, --output <format>", "the form of the results").choices(outputs).default("text"))
    .option("--list", "list the controls", false);
  if (!parse(command, args)) return undefined;
  const [selection] = command.processedArgs as [readonly string[]];
  const unknown = selection.find((one) => !controls.some((control) => isSelected(control, [one])));
  if (unknown !== undefined)
    throw new OptionError(
      `${unknown}: there is no such control or section, expected a number such as 4.2.6 or 1.2; --list has all`,
    );
  return { ...command.opts<Omit<CisOptions, "selection">>(), selection };
}
