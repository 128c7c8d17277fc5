import { Command, Option } from "commander";
import { count } from "#engine/cli/count.ts";
import { parse } from "#engine/cli/parse.ts";

export interface CertsOptions {
  readonly inventory: string;
  readonly extraVars: readonly string[];
  readonly output: "table" | "json";
  /** Certificates with fewer days left fail the program; the inventory's limit if absent. */
  readonly days?: number;
}

/** Undefined if the user only asked for help. Throws OptionError. */
export function parseOptions(args: readonly string[]): CertsOptions | undefined {
  const command = new Command("certs")
    .description(
      "Lists every certificate of a cluster, on the controller and on its hosts. Exit code 2 if one nears its end, 4 if a host cannot be reached.",
    )
    .option("-i, --inventory <file>", "the cluster's inventory", "hosts.yaml")
    .option(
      "-e, --extra-vars <variables>",
      "variables, as for play",
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .addOption(new Option("-o, --output <format>", "the form of the list").choices(["table", "json"]).default("table"))
    .option("--days <count>", "the number of days left below which a certificate counts (pki_warn_before_days)", count)
    .allowExcessArguments(false);
  return parse(command, args) ? command.opts<CertsOptions>() : undefined;
}
