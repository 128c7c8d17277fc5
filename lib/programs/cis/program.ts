import { asProgram } from "#engine/cli/program.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { clusterVariables } from "#cluster/variables.ts";
import { columns } from "../columns.ts";
import { collect } from "./collect.ts";
import { benchmark, controls, isSelected } from "./controls/index.ts";
import { isFailed, judge } from "./judge.ts";
import { junitOf } from "./junit.ts";
import { metricsOf } from "./metrics.ts";
import { parseOptions } from "./options.ts";
import { jsonOf, reportOf } from "./report.ts";

/** Judges a cluster. Returns 0, or 2 if an automated control fails. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (!options) return 0;
  const selected = controls.filter((control) => isSelected(control, options.selection));
  if (options.list) {
    const rows = selected.map(({ number, kind, title }) => [number, kind, title]);
    for (const line of columns(["CONTROL", "KIND", "DEMANDS"], rows)) console.log(line);
    return 0;
  }
  const { inventory, values: vars } = await ofFirstMaster(options, clusterVariables);
  const { evidence, troubles } = await collect(inventory, vars);
  for (const trouble of troubles) console.error(trouble);
  const verdicts = judge(selected, evidence);
  const cluster = vars.cluster_name;
  const forms = {
    text: () => reportOf(verdicts),
    json: () => [JSON.stringify({ cluster, benchmark, controls: jsonOf(verdicts) }, undefined, 2)],
    junit: () => junitOf(cluster, verdicts),
    metrics: () => metricsOf(cluster, verdicts, new Date()),
  };
  for (const line of forms[options.output]()) console.log(line);
  return isFailed(verdicts) ? 2 : 0;
}

await asProgram(async (args) => {
  process.exitCode = await main(args);
});
