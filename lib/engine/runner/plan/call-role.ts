import type { Role, RoleContext } from "../../dsl/index.ts";
import { at, PlayError, TaskError } from "../../errors.ts";
import { locationOf } from "../../error-location.ts";
import type { Item } from "../../tasks/block.ts";

/** The tasks of a role. Throws TaskError with the place in its source if the role's function fails. */
export function callRole(role: Role, context: RoleContext<unknown>): readonly Item[] {
  const items: unknown = attempt(role, () => role.tasks(context));
  if (Array.isArray(items)) return items as readonly Item[];
  const found = items instanceof Promise ? "a promise: it must not be async" : typeof items;
  throw new TaskError(`the tasks of the role ${role.name} are ${found}; expected a list of tasks`);
}

function attempt<T>(role: Role, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PlayError || !(error instanceof Error)) throw error;
    const where = locationOf(error);
    const place = where ? `${at(where)}: ` : "";
    throw new TaskError(
      `${place}the tasks of the role ${role.name} cannot be listed: ${error.name}: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}
