import { inspect } from "node:util";
import { InputError, OptionError, PlayError } from "../errors.ts";
import { pc } from "../report/colours.ts";
import { printable } from "../report/printable.ts";
import { typed } from "../report/typed.ts";
import { Mask } from "../runner/events/mask.ts";
import { watchOutput } from "./output.ts";
import { version } from "./version.ts";

const root = process.cwd();
const mask = new Mask();

/** Each command is loaded only when it is called, so that --help and --version are fast. */
const commands = new Map<string, (args: readonly string[]) => Promise<number>>([
  ["vault", async (args) => (await import("./vault/command.ts")).vaultCommand(args)],
  ["init", async (args) => (await import("./init/init.ts")).initCommand(args, root)],
  ["new", async (args) => (await import("./init/new.ts")).newCommand(args, root)],
  ["roles", async (args) => (await import("./roles/command.ts")).rolesCommand(args, root)],
  ["convert", async (args) => (await import("./convert/command.ts")).convertCommand(args, root)],
  ["ansible", async (args) => (await import("./ansible/command.ts")).ansibleCommand(args, root)],
  ["schema", async (args) => (await import("./schema/command.ts")).schemaCommand(args, root)],
  ["completion", async (args) => (await import("./completion/command.ts")).completionCommand(args)],
  ["complete", async (args) => (await import("./completion/complete.ts")).completeCommand(args, root, mask)],
  ["inventory", async (args) => (await import("./inventory/command.ts")).inventoryCommand(args, root, mask)],
]);

async function main(args: readonly string[]): Promise<number> {
  const command = commands.get(args[0] ?? "");
  if (command) return command(args.slice(1));
  const { parseCommandLine } = await import("./options.ts");
  const line = parseCommandLine(args[0] === "play" ? args.slice(1) : args, `kubeplay ${version()}`);
  if (!line) return 0;
  const { play } = await import("./play/play.ts");
  return play(line, root, mask);
}

/** Prints an error; secrets are masked as in all other output. */
const complain = (message: string): void => console.error(`${pc.red("ERROR!")} ${printable(mask.cover(message))}`);

const commandIn = (first = ""): string[] => (commands.has(first) ? [first] : []);

/** Ansible's exit codes: 1 for an error, 5 for bad options, 250 for an unexpected error. */
function explain(error: unknown): number {
  if (error instanceof OptionError) {
    complain(error.message);
    console.error(`See: ${typed([...commandIn(process.argv[2]), "--help"], process.env)}`);
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
  complain(`Unexpected error: ${inspect(error)}`);
  return 250;
}

watchOutput();

process.exitCode = await main(process.argv.slice(2)).catch(explain);
