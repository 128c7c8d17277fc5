import path from "node:path";
import { type Host, InputError, PlayError, type Values, type VarSpecs } from "kubeplay";
import { loadInventory } from "#engine/inventory/load.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { checkVariables } from "#engine/schema/check-variables.ts";
import { defaultLabel, readSecret, Vault } from "#engine/vault/index.ts";

export interface OfFirstMaster<S extends VarSpecs> {
  readonly inventory: LoadedInventory;
  readonly masters: readonly Host[];
  readonly values: Values<S>;
}

/** What an inventory says of these variables for its first master: for the programs beside `play`. */
export async function ofFirstMaster<S extends VarSpecs>(
  { inventory: file, extraVars }: { readonly inventory: string; readonly extraVars: readonly string[] },
  specs: S,
): Promise<OfFirstMaster<S>> {
  const root = process.cwd();
  const vault = await vaultOfEnvironment();
  const inventory = loadInventory({ file: path.resolve(root, file), root, extraVars, vault });
  const masters = inventory.group("masters");
  const [first] = masters;
  if (!first) throw new PlayError(`${file}: the group masters has no host: name at least one`);
  const assignments = inventory.assignments(first.name).filter(({ name }) => name in specs);
  const { values, problems } = checkVariables({ specs, assignments, host: first.name });
  if (problems.length > 0) throw new InputError(problems);
  return { inventory, masters, values };
}

/** An encrypted inventory is opened as Ansible's programs do where nobody says a password: theirs have flags of their own. */
async function vaultOfEnvironment(): Promise<Vault> {
  const { ANSIBLE_VAULT_PASSWORD_FILE: source = "" } = process.env;
  const nobody = () => Promise.resolve("");
  return new Vault(source === "" ? [] : [await readSecret({ label: defaultLabel, source }, nobody)]);
}
