import { Command, CommanderError } from "commander";
import { OptionError } from "#engine/errors.ts";

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
    .option("--without-debian", "leave out the Debian packages: hosts have a mirror of their own")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    command.parse([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    throw new OptionError(`${error.message.replace(/^error: /, "")}\n${command.helpInformation()}`);
  }
  const { out, check, withoutDebian } = command.opts<{ out?: string; check?: string; withoutDebian?: boolean }>();
  if ((out === undefined) === (check === undefined))
    throw new OptionError(`one of --out and --check is expected\n${command.helpInformation()}`);
  return { debian: withoutDebian !== true, ...(out !== undefined && { out }), ...(check !== undefined && { check }) };
}
