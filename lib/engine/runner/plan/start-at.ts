import type { Play, Playbook } from "../../dsl/index.ts";
import { InputError } from "../../errors.ts";
import type { LoadedInventory } from "../../inventory/types.ts";
import { didYouMean } from "../../schema/nearest.ts";
import { assumedPlan } from "./assumed-plan.ts";
import { playHosts } from "./play-hosts.ts";
import type { RunOptions } from "./options.ts";
import { allTasks, isPlannedBlock, type Planned, type PlannedTask } from "./plan.ts";
import type { Variables } from "./variables.ts";

/** Returns whether a task has this name: "name" or "role : name", with `*` for any text. */
export const isNamed = (wanted: string): ((planned: PlannedTask) => boolean) => {
  const parts = wanted.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`, "s");
  return ({ role, task }) => pattern.test(task.name) || pattern.test(`${role.name} : ${task.name}`);
};

/** The tasks from the first match on; none if nothing matches. */
export function startingAt(all: readonly Planned[], isFirst: (planned: PlannedTask) => boolean): Planned[] {
  let begun = false;
  const left = (some: readonly Planned[]): Planned[] =>
    some.flatMap((one): Planned[] => {
      if (!isPlannedBlock(one)) return (begun ||= isFirst(one)) ? [one] : [];
      const parts = { tasks: left(one.tasks), rescue: left(one.rescue), always: left(one.always) };
      return parts.tasks.length + parts.always.length > 0 ? [{ ...one, ...parts }] : [];
    });
  return left(all);
}

/** The plays from the first one on that has this task. Throws InputError if none has. */
export function playsFrom(
  playbook: Playbook,
  inventory: LoadedInventory,
  variables: Variables,
  options: RunOptions,
): readonly Play[] {
  const { startAtTask } = options;
  if (startAtTask === undefined) return playbook;
  const names = new Set<string>();
  const has = (play: Play): boolean =>
    playHosts(play, inventory, options.limit).some((host) => {
      const tasks = allTasks(assumedPlan(play, host, inventory, variables, options));
      for (const { task } of tasks) names.add(task.name);
      return tasks.some(isNamed(startAtTask));
    });
  const first = playbook.findIndex(has);
  if (first !== -1) return playbook.slice(first);
  const message = `--start-at-task: no task is named "${startAtTask}"${didYouMean(startAtTask, [...names])}; see --list-tasks`;
  throw new InputError([{ message }]);
}
