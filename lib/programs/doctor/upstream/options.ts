import { Command } from "commander";
import { OptionError } from "#engine/errors.ts";
import { parseWords } from "../../parse-words.ts";

export interface UpstreamOptions {
  /** The host that is asked, by its name; the first master if undefined, none if false. */
  readonly from?: string | false;
  /** The file to write a bill of materials to, instead of asking. */
  readonly sbom?: string;
}

/** Parses the words after `upstream`. Throws OptionError. */
export function parseOptions(words: readonly string[]): UpstreamOptions {
  const command = new Command("npm run doctor -- [-i INVENTORY] [-e VARIABLE=VALUE] upstream")
    .option("--from <host>", "the host from which images are asked for; the first master by default")
    .option("--no-from", "ask from the controller only")
    .option("--sbom <file>", "ask for nothing; write the cluster's programs and images to this file (CycloneDX, JSON)");
  parseWords(command, words);
  if (command.args.length > 0)
    throw new OptionError(`unexpected "${command.args.join(" ")}"\n${command.helpInformation()}`);
  const { from, sbom } = command.opts<{ from?: string | boolean; sbom?: string }>();
  return {
    ...(typeof from === "string" || from === false ? { from } : {}),
    ...(sbom === undefined ? {} : { sbom }),
  };
}
