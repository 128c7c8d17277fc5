import { Command, InvalidArgumentError } from "commander";
import { OptionError } from "../errors.ts";
import { count } from "./count.ts";
import { inventories } from "./inventories.ts";
import { collect, withVaultOptions, type VaultFlags } from "./vault-options.ts";
import { parse } from "./parse.ts";

export interface CommandLine extends VaultFlags {
  /** Empty if a plan or the last run names it. */
  readonly playbook: string;
  /** Whether to report drift from the last run instead of playing. */
  readonly drift: boolean;
  /** The file to write a plan to. */
  readonly plan?: string;
  /** The plan to apply. */
  readonly apply?: string;
  readonly inventory: readonly string[];
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
  /** Seconds that running steps have to end after an interrupt. */
  readonly stopTimeout: number;
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
Other commands, each with its own --help:
  play vault       encrypt, decrypt, view, edit, create and rekey files, encrypt values (like ansible-vault)
  play inventory   show the inventory with --list, --graph or --host (like ansible-inventory)
  completion       print a script that completes command lines in bash, zsh, fish or PowerShell
`;

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError("expected a whole number of seconds");
  return value;
}

/** Options that npm also has, or that do no harm if npm consumes them. */
const harmless = ["verbose", "version", "user"];

/** npm consumes options before "--": without --check, for example, the run would change hosts. Throws OptionError. */
function refuseSwallowed(command: Command, environment: Environment): void {
  if (environment.npm_lifecycle_event === undefined) return;
  for (const { long } of command.options) {
    const name = long?.replace(/^--/, "") ?? "";
    if (!harmless.includes(name) && environment[`npm_config_${name.replaceAll("-", "_")}`] !== undefined)
      throw new OptionError(`npm consumed --${name}: put options after "--", as in npm run play -- --${name} …`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The playbook that runs if options are given and no playbook is named. */
const usualPlaybook = "site";

/** The options of `play`. */
export const playCommand = (): Command =>
  withVaultOptions(new Command("play"))
    .description("Run a playbook on the hosts of an inventory.")
    .argument(
      "[playbook]",
      "name, as in playbooks/<name>.ts, or path; site if only options are given; drift to compare with the last run",
    )
    .argument("[of]", "with drift: the playbook whose last run to compare with")
    .option("-i, --inventory <file>", "inventory file, folder, or hosts as a,b; several add up", ...inventories())
    .option("-l, --limit <pattern>", "run only on hosts that match this pattern", pattern)
    .option("-t, --tags <tags>", "run only tasks with one of these tags, separated by commas", words, [])
    .option("--skip-tags <tags>", "skip tasks with one of these tags, separated by commas", words, [])
    .option("-C, --check", "do not change anything; show what would change", false)
    .option("--plan <file>", "check, and write the changes to a sealed plan file")
    .option("--apply <file>", "apply a plan file: make only the changes it lists, on hosts that are unchanged since")
    .option("-D, --diff", "show the state before and after each change", false)
    .option("-f, --forks <count>", "number of hosts to work on in parallel", count, 50)
    .option(
      "-e, --extra-vars <vars>",
      "set variables as key=value, YAML/JSON or @file; overrides all others",
      collect,
      [],
    )
    .option("-u, --user <name>", "connect as this user if the inventory names none")
    .option("--private-key <file>", "authenticate with this private key if the inventory names none")
    .option("-b, --become", "become root unless the inventory sets ansible_become")
    .option("-k, --ask-pass", "ask for the connection password", false)
    .option("-K, --ask-become-pass", "ask for the sudo password", false)
    .option("--force-handlers", "run handlers even on hosts where a task failed", false)
    .option("--start-at-task <name>", "start at the first task with this name; * matches any text")
    .option("--step", "confirm each task before it runs", false)
    .option("--explain-var <name>", "show for each host every place that sets a variable, and which one wins")
    .option("--list-tasks", "list the tasks that would run", false)
    .option("--list-tags", "list all available tags", false)
    .option("--list-hosts", "list the hosts of each play", false)
    .option("--syntax-check", "check the playbook, roles and inventory, but do not run them", false)
    .option(
      "-v, --verbose",
      "show what differs and what commands print; -vv also steps, times and questions; -vvv also scripts",
      more,
      0,
    )
    .option("--lock-timeout <seconds>", "time to wait for another run on the same hosts; 0 to not wait", seconds, 60)
    .option("--stop-timeout <seconds>", "time for running steps to end after Ctrl-C, then they are ended", seconds, 5)
    .addHelpText("after", subcommands);

/** Parses Ansible's flags. --help and --version print and return undefined. Throws OptionError. */
export function parseCommandLine(
  args: readonly string[],
  version: string,
  environment: Environment = process.env,
): CommandLine | undefined {
  const command = playCommand().version(version);
  refuseSwallowed(command, environment);
  if (!parse(command, args)) return undefined;
  const options = command.opts<Omit<CommandLine, "playbook" | "drift">>();
  const [first, second] = command.args;
  const drift = first === "drift";
  refuseMixtures(command, drift, args.length === 0);
  const check = options.check || options.plan !== undefined || drift;
  const named = drift ? second : first;
  const isGiven = drift || options.apply !== undefined;
  return { ...options, check, drift, playbook: named ?? (isGiven ? "" : usualPlaybook) };
}

/** Refuses options that exclude each other, or that a plan already sets. Throws OptionError. */
function refuseMixtures(command: Command, drift: boolean, isEmpty: boolean): void {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === "cli";
  const asked = isGiven("apply") ? "--apply" : drift ? "drift" : undefined;
  const named = command.args.length - (drift ? 1 : 0);
  if (named > 1) throw new OptionError(`too many arguments: expected one playbook, got ${command.args.join(" ")}`);
  if (asked === "--apply" && named + (drift ? 1 : 0) > 0)
    throw new OptionError("--apply takes no playbook: the plan names it");
  if (isEmpty)
    throw new OptionError(`missing argument: name a playbook; "${usualPlaybook}" runs if only options are given`);
  const saidAlready = {
    ...(asked !== undefined && {
      tags: "--tags",
      skipTags: "--skip-tags",
      plan: "--plan",
      startAtTask: "--start-at-task",
      forceHandlers: "--force-handlers",
    }),
    ...(asked === "--apply" && { inventory: "--inventory", limit: "--limit", check: "--check" }),
  };
  for (const [name, flag] of Object.entries(saidAlready))
    if (isGiven(name))
      throw new OptionError(
        asked === "drift" ? `drift takes no ${flag}` : `--apply takes no ${flag}: the plan sets it`,
      );
}
