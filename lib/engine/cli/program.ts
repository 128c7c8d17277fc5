import { CommanderError } from "commander";
import { tunnels } from "../connection/tunnels.ts";
import { InterruptedError, OptionError, PlayError } from "../errors.ts";

/** Runs an npm script beside `play`. A PlayError is printed without a stack trace and sets `play`'s exit code. */
export async function asProgram(main: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    // commander has printed the help, or the version.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    if (!(error instanceof PlayError)) throw error;
    console.error(error.message);
    process.exitCode = error instanceof OptionError ? 5 : error instanceof InterruptedError ? 99 : 1;
  } finally {
    await tunnels.close();
  }
}
