import path from "node:path";
import { counted } from "../../counted.ts";
import { inventoryDigests, Predictions, readEnvironment, Seal, writePlan } from "../../runner/index.ts";
import { saveArguments } from "./saved-arguments.ts";
import { stopping } from "./interrupts.ts";
import type { CommandLine } from "../options.ts";
import { execute } from "./execute.ts";
import { typed } from "../../report/typed.ts";
import { sourcesFor } from "./playbook-sources.ts";
import type { PreparedRun } from "./prepare.ts";
import { terminal } from "../terminal.ts";
import { version } from "../version.ts";

/** Checks, shows the changes, and writes them to a sealed plan. Returns the check's exit code. */
export async function makePlan(prepared: PreparedRun, line: CommandLine, to: string, root: string): Promise<number> {
  const seal = Seal.of(root);
  const predictions = new Predictions(seal, (value) => prepared.mask.cover(value));
  // Before the hosts are asked: a file that is edited during the check must not count as a source of the plan.
  const sources = sourcesFor(line, root);
  const inventory = inventoryDigests(prepared.inventory, seal);
  const code = await execute(prepared, { ...line, diff: true }, root, {
    views: [terminal(line), predictions],
    recorded: true,
    answered: predictions.answered,
    beforeAddition: predictions.beforeAddition,
    beforeChange: predictions.beforeChange,
  });
  if (stopping() || code === 1) return code;
  const { hosts } = predictions;
  const given = saveArguments(line, root, prepared.mask, () => seal);
  const environment = readEnvironment(() => seal);
  const made = new Date().toISOString();
  const plan = { kubeplay: version(), made, playbook: line.playbook, given, sources, environment, inventory, hosts };
  await writePlan(path.resolve(root, to), plan, seal);
  const counts = Object.values(hosts).map(({ changes }) => changes.length);
  const changes = counts.reduce((sum, count) => sum + count, 0);
  const changed = counts.filter((count) => count > 0).length;
  console.log(`\n${to}: ${counted(changes, "change")} on ${counted(changed, "host")}.`);
  if (changes > 0) console.log(`To make them: ${typed(["--apply", to], process.env)}`);
  return code;
}
