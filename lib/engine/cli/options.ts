import { Command, CommanderError, InvalidArgumentError } from "commander";
import { OptionError } from "../errors.ts";
import { count } from "./count.ts";
import { collect, withVaultOptions, type VaultFlags } from "./vault-options.ts";

export interface CommandLine extends VaultFlags {
  /** Empty where a plan or the last run says which. */
  readonly playbook: string;
  /** Whether it is asked what has drifted from the last run, instead of playing. */
  readonly drift: boolean;
  /** Where a plan shall be written to. */
  readonly plan?: string;
  /** A plan that shall be played. */
  readonly apply?: string;
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
  /** Seconds to wait for another run on the same hosts. */
  readonly lockTimeout: number;
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

const subcommands = `
Commands of their own, each with its --help:
  play vault …      encrypt, decrypt, view, edit, rekey, encrypt_string, create
  play inventory …  --list, --graph or --host, as ansible-inventory
`;

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError("expected a whole number of seconds");
  return value;
}

/** npm's own, or without weight where it is lost. */
const harmless = ["verbose", "version", "user"];

/** What stands before "--" npm keeps for itself, and the run would change what was only to be looked at. Throws OptionError. */
function refuseSwallowed(command: Command, environment: Environment): void {
  if (environment.npm_lifecycle_event === undefined) return;
  for (const { long } of command.options) {
    const name = long?.replace(/^--/, "") ?? "";
    if (!harmless.includes(name) && environment[`npm_config_${name.replaceAll("-", "_")}`] !== undefined)
      throw new OptionError(
        `npm has taken --${name} for itself: options come after "--", as in npm run play -- --${name} …`,
      );
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Ansible's flags. Throws OptionError; --help and --version print, and give undefined. */
export function parseCommandLine(
  args: readonly string[],
  version: string,
  environment: Environment = process.env,
): CommandLine | undefined {
  const command = withVaultOptions(new Command("play"))
    .description("Plays a playbook of the folder playbooks/ on the hosts of an inventory.")
    .argument("[playbook]", "its name, as in playbooks/<name>.ts, or a path; drift: what differs from the last run")
    .argument("[of]", "after drift: the playbook whose last run is meant")
    .option("-i, --inventory <file>", "the inventory", "hosts.yaml")
    .option("-l, --limit <pattern>", "only these hosts", pattern)
    .option("-t, --tags <tags>", "only tasks with one of these tags", words, [])
    .option("--skip-tags <tags>", "no task with one of these tags", words, [])
    .option("-C, --check", "say what would change, and change nothing", false)
    .option("--plan <file>", "check, and write what would change into a sealed plan")
    .option("--apply <file>", "play a plan: the changes that it lists and no others, on hosts as they were")
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
    .option("--lock-timeout <seconds>", "wait so long for another run on the same hosts; 0 does not", seconds, 60)
    .addHelpText("after", subcommands)
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  refuseSwallowed(command, environment);
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new OptionError(error.message.replace(/^error: /, ""), { cause: error });
  }
  const options = command.opts<Omit<CommandLine, "playbook" | "drift">>();
  const [first, second] = command.args;
  const drift = first === "drift";
  refuseMixtures(command, drift);
  const check = options.check || options.plan !== undefined || drift;
  return { ...options, check, drift, playbook: (drift ? second : first) ?? "" };
}

/** What is said by a plan, or makes no sense together. Throws OptionError. */
function refuseMixtures(command: Command, drift: boolean): void {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === "cli";
  const asked = isGiven("apply") ? "--apply" : drift ? "drift" : undefined;
  const named = command.args.length - (drift ? 1 : 0);
  if (named > 1) throw new OptionError(`too many arguments: expected one playbook, got ${command.args.join(" ")}`);
  if (asked === "--apply" && named + (drift ? 1 : 0) > 0)
    throw new OptionError("--apply takes no playbook: the plan says which");
  if (asked === undefined && named === 0) throw new OptionError("missing required argument 'playbook'");
  const saidAlready = {
    ...(asked !== undefined && { tags: "--tags", skipTags: "--skip-tags", plan: "--plan" }),
    ...(asked === "--apply" && { inventory: "--inventory", limit: "--limit", check: "--check" }),
  };
  for (const [name, flag] of Object.entries(saidAlready))
    if (isGiven(name))
      throw new OptionError(
        asked === "drift" ? `drift takes no ${flag}` : `--apply takes no ${flag}: it is played as the plan was made`,
      );
}
