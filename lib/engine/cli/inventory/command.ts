import { Command } from "commander";
import { OptionError } from "../../errors.ts";
import { inventoryVariables } from "../../inventory/connection-variables.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Mask } from "../../runner/events/mask.ts";
import { mergeSpecs } from "../../schema/merge-specs.ts";
import { useVault, Vault } from "../../vault/index.ts";
import { askVaultPassword } from "../ask.ts";
import { loadRoles } from "../play/load.ts";
import { inventories, inventoryIn } from "../inventories.ts";
import { collect, withVaultOptions, type VaultFlags } from "../vault-options.ts";
import { passwordSources, readPasswords } from "../vault-passwords.ts";
import { graph } from "./graph.ts";
import { HostVariables } from "./host-variables.ts";
import { listAsJson, listAsYaml } from "./list.ts";
import { asJson, asYaml } from "./text.ts";
import { parse } from "../parse.ts";

interface Flags extends VaultFlags {
  readonly inventory: readonly string[];
  readonly limit?: string;
  readonly extraVars: readonly string[];
  readonly list: boolean;
  readonly graph: boolean;
  readonly host?: string;
  readonly yaml: boolean;
}

/** The options of `play inventory`. */
export const inventoryOptions = (): Command =>
  withVaultOptions(new Command("play inventory"))
    .description(
      "Show the inventory like ansible-inventory. Secrets are masked, or shown encrypted as they are written.",
    )
    .argument("[group]", "group to start --graph at", "all")
    .option("-i, --inventory <file>", "inventory file, folder, or hosts as a,b; several add up", ...inventories())
    .option("-l, --limit <pattern>", "list only hosts that match this pattern, with --list")
    .option(
      "-e, --extra-vars <vars>",
      "set variables as key=value, YAML/JSON or @file; overrides all others",
      collect,
      [],
    )
    .option("--list", "show all groups and hosts with their variables", false)
    .option("--graph", "show the groups and hosts as a tree", false)
    .option("--host <name>", "show the variables of one host")
    .option("-y, --yaml", "use YAML instead of JSON, with --list and --host", false);

/** `play inventory`: shows the inventory like ansible-inventory. Returns the exit code. */
export async function inventoryCommand(args: readonly string[], root: string, mask: Mask): Promise<number> {
  const text = await inventoryText(args, root, mask);
  if (text !== undefined) console.log(text);
  return 0;
}

/** The text to print; undefined after --help. */
export async function inventoryText(args: readonly string[], root: string, mask: Mask): Promise<string | undefined> {
  const command = inventoryOptions();
  if (!parse(command, args)) return undefined;
  return shown(command.opts<Flags>(), command.args[0] ?? "all", root, mask);
}

async function shown(flags: Flags, group: string, root: string, mask: Mask): Promise<string> {
  const { list, graph: isGraph, host, yaml, limit } = flags;
  if ([list, isGraph, host !== undefined].filter(Boolean).length !== 1)
    throw new OptionError(
      "play inventory needs exactly one of --list, --graph and --host NAME; to run a playbook named inventory, give its path: play playbooks/inventory.ts",
    );
  useVault(new Vault(await readPasswords(passwordSources(flags), askVaultPassword), (secret) => mask.add(secret)));
  const inventory = loadInventory({
    file: flags.inventory.map((one) => inventoryIn(root, one)),
    root,
    extraVars: flags.extraVars,
  });
  if (isGraph) return graph(inventory, group);
  const { specs } = mergeSpecs([inventoryVariables, ...(await loadRoles(root))]);
  const variables = new HostVariables(inventory, specs, mask);
  const write = yaml ? asYaml : asJson;
  if (host !== undefined) {
    const [one, ...more] = inventory.select(host);
    if (!one || more.length > 0) throw new OptionError(`--host ${host}: expected the name of one host`);
    return write(variables.of(one.name));
  }
  const hosts = new Set(inventory.select(limit ?? "all").map(({ name }) => name));
  return write(yaml ? listAsYaml(inventory, hosts, variables) : listAsJson(inventory, hosts, variables));
}
