import type { TaskName } from "../events/events.ts";
import { keyOf, mergeOrder } from "../events/merge-order.ts";
import { taskNameOf, usualTasks, type Planned } from "./plan.ts";

/** The tasks of a play in one order, and the indexes of those that each host has. */
export interface TaskList {
  readonly tasks: readonly TaskName[];
  readonly hosts: Readonly<Record<string, readonly number[]>>;
}

/** Lists what will be done, by host. A task that runs once is listed for the first host only; a rescue not at all. */
export function taskList(plans: ReadonlyMap<string, readonly Planned[]>): TaskList {
  const names = new Map<string, TaskName[]>();
  for (const [host, tasks] of plans) {
    const listed = usualTasks(tasks).filter(({ task }) => !("meta" in task.does) && !(task.once && names.size > 0));
    names.set(host, listed.map(taskNameOf));
  }
  const tasks = mergeOrder([...names.values()]);
  const indexes = new Map(tasks.map((name, index) => [keyOf(name), index]));
  return {
    tasks,
    hosts: Object.fromEntries(
      [...names].map(([host, own]) => [host, own.map((name) => indexes.get(keyOf(name)) ?? -1)]),
    ),
  };
}
