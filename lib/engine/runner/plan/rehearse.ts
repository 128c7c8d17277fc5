import type { Playbook } from "../../dsl/index.ts";
import { InputError, type Problem } from "../../errors.ts";
import type { LoadedInventory } from "../../inventory/types.ts";
import { assumedPlan } from "./assumed-plan.ts";
import { playHosts } from "./play-hosts.ts";
import type { RunOptions } from "./options.ts";
import { allTasks, handlersOf, mistakesIn, propsOf } from "./plan.ts";
import type { Variables } from "./variables.ts";

/**
 * Plans every play for every host, as if each were a plain Debian 13 machine, and renders the templates whose values are
 * known: a property that a resource does not have, or a name that a template misses, ends the run before the first connection. Throws InputError with all problems.
 */
export function rehearse(
  playbook: Playbook,
  inventory: LoadedInventory,
  variables: Variables,
  options: Pick<RunOptions, "limit" | "tags" | "skipTags">,
): void {
  const problems = new Map<string, Problem>();
  /** Problems that need real facts are reported during the run. */
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (error instanceof InputError)
        for (const problem of error.problems) problems.set(JSON.stringify(problem), problem);
      return undefined;
    }
  };
  for (const play of playbook)
    for (const host of playHosts(play, inventory, options.limit)) {
      const tasks = attempt(() => assumedPlan(play, host, inventory, variables, options)) ?? [];
      const planned = allTasks(tasks).filter(({ task }) => task.condition);
      const ofHandlers = handlersOf(planned).flatMap(({ handler }) =>
        handler.tasks.filter(({ condition }) => condition),
      );
      for (const task of [...planned.map(({ task }) => task), ...ofHandlers])
        for (const problem of mistakesIn(task)) problems.set(JSON.stringify(problem), problem);
      for (const one of planned) attempt(() => propsOf(one, () => undefined));
    }
  if (problems.size > 0) throw new InputError([...problems.values()]);
}
