import { CommanderError, type Command } from "commander";
import { OptionError } from "../errors.ts";

/** Parses the words of a command line. False if they only asked for help or the version. Throws OptionError. */
export function parse(command: Command, words: readonly string[]): boolean {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    command.parse(words, { from: "user" });
    return true;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return false;
    throw new OptionError(error.message.replace(/^error: /, ""), { cause: error });
  }
}
