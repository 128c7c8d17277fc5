import path from "node:path";
import { InputError, PlayError } from "../../errors.ts";
import {
  changedSources,
  inventoryDigests,
  Predictions,
  onlyPlanned,
  onlyPlannedAdditions,
  readPlan,
  refusals,
  sameEnvironment,
  Seal,
  type Mask,
} from "../../runner/index.ts";
import { restoreArguments } from "./saved-arguments.ts";
import { listenForInterrupts, stopping } from "./interrupts.ts";
import type { CommandLine } from "../options.ts";
import { execute } from "./execute.ts";
import { compiledIn } from "./load.ts";
import { prepare } from "./prepare.ts";
import { sourcesFor } from "./playbook-sources.ts";
import { terminal } from "../terminal.ts";
import { version } from "../version.ts";

/**
 * Applies a plan. A quiet check of all hosts comes first: it finds those that differ from the plan before any host is
 * changed.
 */
export async function apply(asked: CommandLine, from: string, root: string, mask: Mask): Promise<number> {
  const seal = Seal.of(root);
  const plan = readPlan(path.resolve(root, from), seal);
  if (plan.kubeplay !== version())
    throw new PlayError(`${from} was made by kubeplay ${plan.kubeplay}, and this is ${version()}: make a new plan`);
  const line = { ...restoreArguments(asked, plan.given, () => seal), playbook: plan.playbook };
  await compiledIn(root, line.playbook);
  const changed = [
    ...changedSources(plan.sources, sourcesFor(line, root)),
    ...changedSources(
      plan.environment,
      sameEnvironment(plan.environment, () => seal),
    ),
  ];
  outOfDate(from, changed);
  const prepared = await prepare(line, root, mask);
  outOfDate(from, changedSources(plan.inventory, inventoryDigests(prepared.inventory, seal)));
  listenForInterrupts(asked.stopTimeout);
  console.log(`Comparing the hosts with the plan of ${plan.made} …`);
  const predictions = new Predictions(seal, (value) => prepared.mask.cover(value));
  const compared = await execute(prepared, { ...line, check: true, diff: true, step: false }, root, {
    views: [predictions],
    recorded: false,
    answered: predictions.answered,
    beforeAddition: predictions.beforeAddition,
  });
  if (stopping()) return 99;
  if (compared === 1) return 1;
  const refused = refusals(plan.hosts, predictions.hosts);
  return execute(prepared, line, root, {
    views: [terminal(line)],
    recorded: true,
    refuses: (host) => refused.get(host),
    beforeChange: onlyPlanned(plan.hosts, seal),
    beforeAddition: onlyPlannedAdditions(plan.hosts, seal),
  });
}

/** Throws InputError if anything has changed. */
function outOfDate(plan: string, changed: readonly string[]): void {
  if (changed.length === 0) return;
  throw new InputError([
    ...changed.map((what) => ({ message: `${what} since the plan was made` })),
    { message: `${plan} is out of date: make a new plan` },
  ]);
}
