import type { LoadedInventory } from "../../inventory/types.ts";
import { checkVariables } from "../../schema/check-variables.ts";
import { holdsSecret, secretsOf } from "../../schema/secret.ts";
import type { Assignment, VarSpecs } from "../../schema/types.ts";
import type { Mask } from "../../runner/events/mask.ts";

/** Adds all secrets of a host to a mask, because other variables may contain one of them. */
export function learnSecrets(inventory: LoadedInventory, host: string, specs: VarSpecs, mask: Mask): void {
  const assignments = inventory.assignments(host);
  const { values } = checkVariables({ specs, assignments, host, needed: new Set() });
  for (const secret of secretsOf(specs, values)) mask.add(secret);
}

/** Whether the variable is declared secret, or its value was encrypted. */
export const isSecret = ({ name, value, sealed }: Assignment, specs: VarSpecs): boolean => {
  const schema = Object.hasOwn(specs, name) ? specs[name] : undefined;
  return (schema !== undefined && holdsSecret(schema)) || (sealed?.holds(value) ?? false);
};
