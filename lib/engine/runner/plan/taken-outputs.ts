import { isOutput } from "../../tasks/output.ts";
import { originOf, type Task } from "../../tasks/task.ts";
import { allTasks, handlersOf, type Planned } from "./plan.ts";

/** Returns a function that says whether anything in a host play, in another host's or in a later play reads an output. */
export function takenOutputs(planned: readonly Planned[]): (task: Task) => boolean {
  const tasks = allTasks(planned);
  const handlers = handlersOf(tasks).flatMap(({ handler }) => handler.tasks);
  const taken = new Set(
    [...tasks.map(({ task }) => task), ...handlers].flatMap(({ props, conditions }) =>
      [...Object.values(props as Record<string, unknown>), ...conditions].filter(isOutput).map(({ source }) => source),
    ),
  );
  return (task) =>
    task.registered !== undefined || task.once || task.retries?.until !== undefined || taken.has(originOf(task));
}
