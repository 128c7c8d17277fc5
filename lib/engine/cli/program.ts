import { OptionError, PlayError } from "../errors.ts";

/** Runs a program beside `play`: what a person can put right is said in words, and ends it with `play`'s exit codes. */
export async function asProgram(main: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    console.error(error.message);
    process.exitCode = error instanceof OptionError ? 5 : 1;
  }
}
