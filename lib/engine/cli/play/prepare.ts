import path from "node:path";
import type { Playbook, Role } from "../../dsl/index.ts";
import { InputError } from "../../errors.ts";
import { inventoryVariables } from "../../inventory/connection-variables.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { LoadedInventory } from "../../inventory/types.ts";
import type { Declaring } from "../../schema/merge-specs.ts";
import { playHosts, rehearse, Variables, type Mask } from "../../runner/index.ts";
import { askedPasswords } from "./ask-passwords.ts";
import { checkTemplates, loadPlaybook, loadRoles } from "./load.ts";
import { inventoryIn } from "../inventories.ts";
import type { CommandLine } from "../options.ts";

/** The validated input of a run. */
export interface PreparedRun {
  readonly playbook: Playbook;
  readonly inventory: LoadedInventory;
  /** The absolute paths of the inventories, and lists of hosts. */
  readonly files: readonly string[];
  readonly variables: Variables;
  readonly mask: Mask;
}

export interface Loaded extends Pick<PreparedRun, "playbook" | "inventory" | "files"> {
  /** All declarations of variables. */
  readonly known: readonly Declaring[];
  readonly playedRoles: readonly Role[];
  /** Why roles that this playbook does not import cannot be loaded. */
  readonly broken: readonly string[];
}

/** Reads the playbook, the roles and the inventory. */
export async function load(line: CommandLine, root: string): Promise<Loaded> {
  const broken: string[] = [];
  const playbook = await loadPlaybook(root, line.playbook);
  const roles = await loadRoles(root, (message) => broken.push(message));
  const files = line.inventory.map((one) => inventoryIn(root, one));
  const inventory = loadInventory({
    file: files,
    root,
    extraVars: line.extraVars,
    defaults: {
      ...(line.user !== undefined && { ansible_user: line.user }),
      ...(line.privateKey !== undefined && { ansible_ssh_private_key_file: path.resolve(line.privateKey) }),
      ...(line.become && { ansible_become: true }),
      ...(await askedPasswords(line)),
    },
  });
  if (line.limit !== undefined) refuseEmptyLimit(line.limit, playbook, inventory);
  const playedRoles = [...new Set(playbook.flatMap((one) => one.roles))];
  const known = [inventoryVariables, ...roles, ...playedRoles];
  return { playbook, inventory, files, known, playedRoles, broken };
}

/** A run that nobody takes part in does nothing and succeeds: nobody means that. Throws InputError. */
function refuseEmptyLimit(limit: string, playbook: Playbook, inventory: LoadedInventory): void {
  const names = inventory.select(limit).map(({ name }) => name);
  const message =
    names.length === 0
      ? `--limit "${limit}" leaves no host, expected a pattern that matches at least one`
      : `--limit "${limit}" leaves ${names.join(", ")}, and no play of this playbook is for ${names.length === 1 ? "it" : "them"}`;
  if (names.length > 0 && playbook.some((play) => playHosts(play, inventory, limit).length > 0)) return;
  throw new InputError([{ message }]);
}

/** Validates everything before the first connection. Throws InputError with what the user must correct. */
export async function prepare(line: CommandLine, root: string, mask: Mask): Promise<PreparedRun> {
  const { playbook, inventory, files, known, playedRoles, broken } = await load(line, root);
  for (const message of broken)
    console.error(mask.cover(`${message}\nThis playbook runs without that role; its variables are not checked.`));
  checkTemplates(playedRoles);
  const played = new Map<string, Set<Role>>();
  for (const one of playbook)
    for (const { name } of playHosts(one, inventory, line.limit))
      played.set(name, new Set([...(played.get(name) ?? []), ...one.roles]));
  const variables = new Variables(
    inventory,
    known,
    [...played].map(([host, own]) => ({ host, roles: [...own] })),
    mask,
    { allowsUnknown: broken.length > 0 },
  );
  rehearse(playbook, inventory, variables, line);
  return { playbook, inventory, files, variables, mask };
}
