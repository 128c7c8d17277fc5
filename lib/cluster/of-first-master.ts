import path from "node:path";
import { type Host, InputError, PlayError, type Values, type VarSpecs } from "kubeplay";
import { leadTunnels } from "#engine/inventory/lead-tunnels.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { checkVariables } from "#engine/schema/check-variables.ts";
import { defaultLabel, readSecret, Vault } from "#engine/vault/index.ts";

export interface OfFirstMaster<S extends VarSpecs> {
  readonly inventory: LoadedInventory;
  readonly masters: readonly Host[];
  readonly values: Values<S>;
}

/** Reads these variables for the first master of an inventory, for the programs beside `play`. */
export async function ofFirstMaster<S extends VarSpecs>(
  { inventory: file, extraVars }: { readonly inventory: string; readonly extraVars: readonly string[] },
  specs: S,
): Promise<OfFirstMaster<S>> {
  const root = process.cwd();
  const vault = await vaultOfEnvironment();
  const inventory = loadInventory({ file: path.resolve(root, file), root, extraVars, vault });
  leadTunnels(inventory);
  const masters = inventory.group("masters");
  const [first] = masters;
  if (!first) throw new PlayError(`${file}: the group masters has no host: add at least one`);
  const assignments = inventory.assignments(first.name).filter(({ name }) => name in specs);
  const { values, problems } = checkVariables({ specs, assignments, host: first.name });
  if (problems.length > 0) throw new InputError(problems);
  return { inventory, masters, values };
}

/** Opens encrypted inventories by ANSIBLE_VAULT_PASSWORD_FILE, as Ansible does: these programs have no vault flags. */
async function vaultOfEnvironment(): Promise<Vault> {
  const { ANSIBLE_VAULT_PASSWORD_FILE: source = "" } = process.env;
  const nobody = () => Promise.resolve("");
  return new Vault(source === "" ? [] : [await readSecret({ label: defaultLabel, source }, nobody)]);
}
