import path from "node:path";
import { InputError, PlayError } from "../../errors.ts";
import { changedSources, Foretelling, onlyPlanned, readPlan, refusals, Seal, type Mask } from "../../runner/index.ts";
import { giveAgain } from "./saved-arguments.ts";
import { listenForInterrupts, stopping } from "./interrupts.ts";
import type { CommandLine } from "../options.ts";
import { perform } from "./execute.ts";
import { prepare } from "./prepare.ts";
import { sourcesFor } from "./playbook-sources.ts";
import { terminal } from "../terminal.ts";
import { version } from "../version.ts";

/**
 * Plays a plan. All hosts are checked once more, quietly: which of them are as they were when the plan was made is known
 * before anything is changed on any.
 */
export async function apply(asked: CommandLine, from: string, root: string, mask: Mask): Promise<number> {
  const seal = Seal.of(root);
  const plan = readPlan(path.resolve(root, from), seal);
  if (plan.kubeplay !== version())
    throw new PlayError(`${from} was made by kubeplay ${plan.kubeplay}, and this is ${version()}: make a new plan`);
  const line = { ...giveAgain(asked, plan.given, () => seal), playbook: plan.playbook };
  const changed = changedSources(plan.sources, sourcesFor(line, root));
  if (changed.length > 0)
    throw new InputError([
      ...changed.map((what) => ({ message: `${what} since the plan was made` })),
      { message: `${from} no longer says what would be done: make a new plan` },
    ]);
  const prepared = await prepare(line, root, mask);
  listenForInterrupts();
  console.log(`Comparing the hosts with the plan of ${plan.made} …`);
  const foretelling = new Foretelling(seal, (text) => prepared.mask.cover(text));
  await perform(prepared, { ...line, check: true, diff: true }, root, {
    views: [foretelling],
    recorded: false,
    answered: foretelling.answered,
  });
  if (stopping()) return 99;
  const refused = refusals(plan.hosts, foretelling.hosts);
  return perform(prepared, line, root, {
    views: [terminal(line)],
    recorded: true,
    refuses: (host) => refused.get(host),
    allows: onlyPlanned(plan.hosts),
  });
}
