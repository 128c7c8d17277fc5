import path from "node:path";
import { Command } from "commander";
import { InputError } from "../../errors.ts";
import { writeWhole } from "../../files.ts";
import { inventoryVariables } from "../../inventory/connection-variables.ts";
import { mergeSpecs } from "../../schema/merge-specs.ts";
import { parse } from "../parse.ts";
import { loadRoles } from "../play/load.ts";
import { inventorySchema, variablesSchema } from "./schemas.ts";

/** Where editors find the schemas; `kubeplay init` writes settings and first lines of files that name them. */
const folder = ".kubeplay/schemas";

/** The command line of `kubeplay schema`. */
export const schemaOptions = (): Command =>
  new Command("kubeplay schema").description(
    `Write JSON Schemas of the inventory, group_vars and host_vars to ${folder}, from the variables of all roles. Editors complete and check the YAML files with them. Write them again if the roles change.`,
  );

/** `kubeplay schema`: writes JSON Schemas of the project's YAML files, for editors. Returns the exit code. */
export async function schemaCommand(args: readonly string[], root: string): Promise<number> {
  if (!parse(schemaOptions(), args)) return 0;
  const known = [inventoryVariables, ...(await loadRoles(root))];
  const { specs, problems } = mergeSpecs(known);
  if (problems.length > 0) throw new InputError([...problems]);
  const schemas = { "inventory.json": inventorySchema(specs), "variables.json": variablesSchema(specs) };
  for (const [name, schema] of Object.entries(schemas)) {
    const file = path.join(folder, name);
    await writeWhole(path.join(root, file), `${JSON.stringify(schema, undefined, 2)}\n`, { mode: 0o644 });
    console.log(`written: ${file}`);
  }
  return 0;
}
