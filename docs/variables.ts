import { writeFileSync } from "node:fs";
import path from "node:path";
import { loadRoles } from "#engine/cli/play/load.ts";
import { variablesPage } from "#engine/cli/variables-page.ts";
import { inventoryVariables } from "#engine/inventory/connection-variables.ts";

/** The page as the roles of this project make it. */
export const currentPage = async (): Promise<string> =>
  variablesPage([inventoryVariables, ...(await loadRoles(process.cwd()))]);

if (process.argv[1] === import.meta.filename)
  writeFileSync(path.join(import.meta.dirname, "variables.md"), await currentPage());
