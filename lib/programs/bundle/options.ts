import { Command } from "commander";
import { OptionError } from "#engine/errors.ts";
import { parseWords } from "../parse-words.ts";

export interface BundleOptions {
  readonly out?: string;
  readonly check?: string;
  readonly debian: boolean;
}

/** Parses the words after the inventory and variables. Throws OptionError. */
export function parseOptions(words: readonly string[]): BundleOptions {
  const command = new Command("npm run bundle -- [-i INVENTORY] [-e VARIABLE=VALUE]")
    .option("--out <file>", "write a bundle for this inventory into this file")
    .option("--check <bundle>", "check that a bundle, a file or its folder, has all that this inventory needs")
    .option("--without-debian", "leave out the Debian packages: hosts have a mirror of their own");
  parseWords(command, words);
  const { out, check, withoutDebian } = command.opts<{ out?: string; check?: string; withoutDebian?: boolean }>();
  if ((out === undefined) === (check === undefined))
    throw new OptionError(`one of --out and --check is expected\n${command.helpInformation()}`);
  return { debian: withoutDebian !== true, ...(out !== undefined && { out }), ...(check !== undefined && { check }) };
}
