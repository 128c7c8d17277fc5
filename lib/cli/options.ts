import { Command, CommanderError, InvalidArgumentError } from "commander";
import { OptionError } from "../errors.ts";
import { collect, withVaultOptions, type VaultFlags } from "./vault-options.ts";

export interface CommandLine extends VaultFlags {
  readonly playbook: string;
  readonly inventory: string;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly check: boolean;
  readonly diff: boolean;
  readonly forks: number;
  readonly extraVars: readonly string[];
  readonly user?: string;
  readonly privateKey?: string;
  readonly become?: boolean;
  readonly askPass: boolean;
  readonly askBecomePass: boolean;
  readonly forceHandlers: boolean;
  readonly startAtTask?: string;
  readonly step: boolean;
  /** The name of a variable to explain. */
  readonly explainVar?: string;
  readonly listTasks: boolean;
  readonly listTags: boolean;
  readonly listHosts: boolean;
  readonly syntaxCheck: boolean;
  readonly verbose: number;
}

const words = (text: string, before: readonly string[]): string[] => [
  ...before,
  ...text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean),
];
function pattern(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("expected hosts or groups, such as masters:!master-2");
  return text;
}
const more = (_: string, before: number): number => before + 1;

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number of at least 1");
  return value;
}

const subcommands = `
Commands of their own, each with its --help:
  play vault …      encrypt, decrypt, view, edit, rekey, encrypt_string, create
  play inventory …  --list, --graph or --host, as ansible-inventory
`;

/** Ansible's flags. Throws OptionError; --help and --version print, and give undefined. */
export function parseCommandLine(args: readonly string[], version: string): CommandLine | undefined {
  const command = withVaultOptions(new Command("play"))
    .description("Plays a playbook of the folder playbooks/ on the hosts of an inventory.")
    .argument("<playbook>", "its name, as in playbooks/<name>.ts, or a path")
    .option("-i, --inventory <file>", "the inventory", "hosts.yaml")
    .option("-l, --limit <pattern>", "only these hosts", pattern)
    .option("-t, --tags <tags>", "only tasks with one of these tags", words, [])
    .option("--skip-tags <tags>", "no task with one of these tags", words, [])
    .option("-C, --check", "say what would change, and change nothing", false)
    .option("-D, --diff", "show each change with before and after", false)
    .option("-f, --forks <count>", "so many hosts at once", count, 50)
    .option("-e, --extra-vars <vars>", "k=v, JSON, or @file; stronger than every other variable", collect, [])
    .option("-u, --user <name>", "log in as this user where the inventory names none")
    .option("--private-key <file>", "log in with this key where the inventory names none")
    .option("-b, --become", "become root where the inventory does not say")
    .option("-k, --ask-pass", "ask for the password to log in with", false)
    .option("-K, --ask-become-pass", "ask for the password that sudo wants", false)
    .option("--force-handlers", "run handlers also on hosts where a task failed", false)
    .option("--start-at-task <name>", "begin at the first task of this name; * stands for any text")
    .option("--step", "ask before each task", false)
    .option("--explain-var <name>", "say which places set a variable, and which of them wins, for each host")
    .option("--list-tasks", "list the tasks that would run", false)
    .option("--list-tags", "list the tags there are", false)
    .option("--list-hosts", "list the hosts of each play", false)
    .option("--syntax-check", "only parse everything", false)
    .option("-v, --verbose", "show what differs of each change, -vv also how long each task took", more, 0)
    .addHelpText("after", subcommands)
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new OptionError(error.message.replace(/^error: /, ""), { cause: error });
  }
  return { ...command.opts<Omit<CommandLine, "playbook">>(), playbook: command.args[0] ?? "" };
}
