import { nodesOf } from "#cluster/members.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { columns } from "../columns.ts";
import { ownChecks } from "./checks/index.ts";
import { collect } from "./collect.ts";
import { examine, isIll } from "./examine.ts";
import { parseOptions } from "./options.ts";
import { checksOfProject } from "./own-checks.ts";
import { reportOf } from "./report.ts";
import { doctorVariables } from "./variables.ts";

/** Examines a cluster. Returns 0, or 2 if something must be done. */
export async function examineCluster(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (!options) return 0;
  const checks = [...ownChecks, ...(await checksOfProject(process.cwd(), ownChecks))];
  if (options.list) {
    for (const line of columns(
      ["CHECK", "HEALTHY IF"],
      checks.map((one) => [one.name, one.description]),
    ))
      console.log(line);
    return 0;
  }
  const { inventory, masters, values: vars } = await ofFirstMaster(options, doctorVariables);
  const context = { vars, inventory, masters, nodes: nodesOf(inventory) };
  const { seenBy, findings } = await collect(inventory, context, checks);
  const found = examine(checks, seenBy, findings);
  if (options.output === "json")
    console.log(JSON.stringify({ cluster: vars.cluster_name, findings: found }, undefined, 2));
  else for (const line of reportOf(found, checks, inventory.hosts.length)) console.log(line);
  return isIll(found) ? 2 : 0;
}
