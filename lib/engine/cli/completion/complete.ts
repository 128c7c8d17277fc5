import { RootCommand, type Complete, type Command as Completed } from "@bomb.sh/tab";
import type { Command, Option } from "commander";
import type { Mask } from "../../runner/index.ts";
import { installOptions } from "../ansible/command.ts";
import { convertOptions } from "../convert/options.ts";
import { initOptions } from "../init/init.ts";
import { kinds } from "../init/new.ts";
import { inventoryOptions } from "../inventory/command.ts";
import { playCommand } from "../options.ts";
import { schemaOptions } from "../schema/command.ts";
import { rolesOptions } from "../roles/command.ts";
import { vaultProgram } from "../vault/command.ts";
import { completionOptions } from "./command.ts";
import { namesFor, type Names } from "./names.ts";

/** `kubeplay complete -- WORD…`: what the scripts of `kubeplay completion` call. Returns the exit code. */
export async function completeCommand(args: readonly string[], root: string, mask: Mask): Promise<number> {
  const words = args[0] === "--" ? args.slice(1) : args;
  const names = await namesFor({ before: words.slice(0, -1), current: words.at(-1) ?? "" }, root, mask);
  commandsWith(names).parse([...words]);
  return 0;
}

/** Every command of kubeplay. Without a command, a line is one of `play`. */
function commandsWith(names: Names): RootCommand {
  const root = new RootCommand();
  add(root, playCommand(), names, "playbook");
  const vault = vaultProgram();
  root.command("vault", vault.description());
  const commands: readonly [words: string, of: Command, argument?: string][] = [
    ["play", playCommand(), "playbook"],
    ["init", initOptions()],
    ["schema", schemaOptions()],
    ["convert", convertOptions(), "file"],
    ["ansible install", installOptions()],
    ["inventory", inventoryOptions()],
    ["roles", rolesOptions(), "role"],
    ["completion", completionOptions()],
    ...vault.commands.map((of): [string, Command, string] => [`vault ${of.name()}`, of, "file"]),
  ];
  const made = root.command("new", "write a role with its spec, a playbook or a resource to start from");
  made.argument("kind", offer(kinds));
  for (const [words, of, argument] of commands) add(root.command(words, of.description()), of, names, argument);
  return root;
}

/** Gives a command the options and choices of commander's, and its argument these names. */
function add(to: Completed, from: Command, names: Names, argument?: string): void {
  for (const option of from.options) {
    const name = option.long?.replace(/^--/, "") ?? "";
    const alias = option.short?.replace(/^-/, "");
    if (takesValue(option)) to.option(name, option.description, offer(names[name] ?? []), alias);
    else to.option(name, option.description, alias);
  }
  const [first] = from.registeredArguments;
  if (first?.argChoices) to.argument(first.name(), offer(first.argChoices));
  else if (argument !== undefined) to.argument(argument, offer(names[argument] ?? []), first?.variadic ?? false);
}

const takesValue = ({ required, optional }: Option): boolean => required || optional;

const offer =
  (values: readonly string[]) =>
  (complete: Complete): void => {
    for (const value of values) complete(value, "");
  };
