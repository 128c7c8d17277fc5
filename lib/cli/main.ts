import pc from "picocolors";
import { InputError, OptionError, PlayError } from "../errors.ts";
import { parseCommandLine } from "./options.ts";
import { version } from "./version.ts";

const root = process.cwd();

async function main(): Promise<number> {
  const line = parseCommandLine(process.argv.slice(2), `kubeplay ${version()}`);
  if (!line) return 0;
  const { play } = await import("./play.ts");
  return play(line, root);
}

/** Ansible's exit codes: 1 an error, 5 bad options, 250 what nobody expected. */
function explain(error: unknown): number {
  if (error instanceof OptionError) {
    console.error(`${pc.red("ERROR!")} ${error.message}\nSee: npm run play -- --help`);
    return 5;
  }
  if (error instanceof InputError) {
    for (const line of error.message.split("\n")) console.error(`${pc.red("ERROR!")} ${line}`);
    console.error("Nothing was changed.");
    return 1;
  }
  if (error instanceof PlayError) {
    console.error(`${pc.red("ERROR!")} ${error.message}`);
    return 1;
  }
  console.error(`${pc.red("ERROR!")} An error that kubeplay does not know:`, error);
  return 250;
}

process.exitCode = await main().catch(explain);
