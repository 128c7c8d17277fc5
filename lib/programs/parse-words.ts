import { CommanderError, type Command } from "commander";
import { OptionError } from "#engine/errors.ts";

/** Parses words that follow others on a command line. Throws OptionError with the command's help. */
export function parseWords(command: Command, words: readonly string[]): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    command.parse([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    throw new OptionError(`${error.message.replace(/^error: /, "")}\n${command.helpInformation()}`);
  }
}
