import { apply } from "./apply.ts";
import { drift } from "./drift.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { list } from "./list.ts";
import { makePlan } from "./make-plan.ts";
import type { CommandLine } from "./options.ts";
import { perform } from "./perform.ts";
import { prepare } from "./prepare.ts";
import { terminal } from "./terminal.ts";

/** Loads everything, then plays, plans, compares or lists. Gives the exit code; throws what a person must read. */
export async function play(line: CommandLine, root: string): Promise<number> {
  if (line.apply !== undefined) return apply(line, line.apply, root);
  if (line.drift) return drift(line, root);
  const prepared = await prepare(line, root);
  if (line.syntaxCheck) return 0;
  if (line.listHosts || line.listTasks || line.listTags) {
    const { playbook, inventory, variables } = prepared;
    for (const text of list(playbook, inventory, variables, line, line)) console.log(text);
    return 0;
  }
  listenForInterrupts();
  if (line.plan !== undefined) return makePlan(prepared, line, line.plan, root);
  return perform(prepared, line, root, { views: [terminal(line)], recorded: true });
}
