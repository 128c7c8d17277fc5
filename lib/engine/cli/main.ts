import { inspect } from "node:util";
import pc from "picocolors";
import { InputError, OptionError, PlayError } from "../errors.ts";
import { Mask } from "../runner/events/mask.ts";
import { version } from "./version.ts";

const root = process.cwd();
const mask = new Mask();

/** Each is loaded only when it is called: --help and --version answer at once. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  vault: async (args) => (await import("./vault/command.ts")).vaultCommand(args),
  inventory: async (args) => (await import("./inventory/command.ts")).inventoryCommand(args, root, mask),
};

async function main(args: readonly string[]): Promise<number> {
  const command = commands[args[0] ?? ""];
  if (command) return command(args.slice(1));
  const { parseCommandLine } = await import("./options.ts");
  const line = parseCommandLine(args, `kubeplay ${version()}`);
  if (!line) return 0;
  const { play } = await import("./play/play.ts");
  return play(line, root, mask);
}

/** Errors pass by the same mask as everything else. */
const complain = (message: string): void => console.error(`${pc.red("ERROR!")} ${mask.cover(message)}`);

const commandIn = (first = ""): string => (first in commands ? `${first} ` : "");

/** Ansible's exit codes: 1 an error, 5 bad options, 250 what nobody expected. */
function explain(error: unknown): number {
  if (error instanceof OptionError) {
    complain(error.message);
    console.error(`See: npm run play -- ${commandIn(process.argv[2])}--help`);
    return 5;
  }
  if (error instanceof InputError) {
    for (const line of error.message.split("\n")) complain(line);
    console.error("Nothing was changed.");
    return 1;
  }
  if (error instanceof PlayError) {
    complain(error.message);
    return 1;
  }
  complain(`An error that kubeplay does not know: ${inspect(error)}`);
  return 250;
}

// Whoever reads no further, as head, ends no run; nor does a terminal that is gone.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });

process.exitCode = await main(process.argv.slice(2)).catch(explain);
