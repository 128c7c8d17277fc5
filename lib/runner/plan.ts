import type { Play, Role, RoleContext } from "../dsl/index.ts";
import { TaskError } from "../errors.ts";
import { resolve, type Handler, type Task } from "../resources/task.ts";
import type { TaskName } from "./events.ts";

/** One task of one host's walk through a play. */
export interface PlannedTask {
  readonly role: Role;
  readonly task: Task;
  readonly tags: readonly string[];
  readonly handler: boolean;
}

export const nameOf = ({ role, task, handler }: PlannedTask): TaskName => ({
  role: role.name,
  task: task.name,
  handler,
});

export interface TagFilter {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/** Ansible's rules: `always` and `never`, and the words tagged, untagged and all. */
export function wanted(tags: readonly string[], filter: TagFilter): boolean {
  const has = (tag: string): boolean => tags.includes(tag);
  const isTagged = tags.some((tag) => tag !== "always" && tag !== "never");
  const matches = (tag: string): boolean =>
    has(tag) || (tag === "tagged" && isTagged) || (tag === "untagged" && !isTagged);
  const { tags: only, skipTags: skip } = filter;
  if (has("never") && !only.some(has)) return false;
  if (only.length > 0 && !has("always") && !only.includes("all") && !only.some(matches)) return false;
  return !skip.some(matches) && !(skip.includes("all") && !has("always"));
}

/** All tasks of a play for one host, in order, after the tags were applied. */
export function plan(play: Play, contextOf: (role: Role) => RoleContext<unknown>, filter: TagFilter): PlannedTask[] {
  return play.roles.flatMap((role) => {
    const inherited = [...(play.tags ?? []), ...role.tags, role.name];
    return role
      .tasks(contextOf(role))
      .map((task) => ({ role, task, tags: [...inherited, ...task.tags], handler: false }))
      .filter(({ tags }) => wanted(tags, filter));
  });
}

/** A handler with its role: one and the same for all tasks that notify it. */
export interface PlannedHandler {
  readonly role: Role;
  readonly handler: Handler;
}

export const handlerKey = ({ role, handler }: PlannedHandler): string => `${role.name}\0${handler.name}`;

/** The handlers of a plan in order of their first appearance, each once. */
export function handlersOf(tasks: readonly PlannedTask[]): PlannedHandler[] {
  const found = new Map<string, PlannedHandler>();
  for (const { role, task } of tasks)
    for (const handler of task.handlers) {
      const planned = { role, handler };
      if (!found.has(handlerKey(planned))) found.set(handlerKey(planned), planned);
    }
  return [...found.values()];
}

/** A task's properties with outputs resolved and paths made absolute; undefined while an output is not made. */
export function propsOf({ task, role }: PlannedTask, made: ReadonlyMap<Task, unknown>): object | undefined {
  const props = resolve(task.props, made);
  if (!props || !("resource" in task.does)) return props;
  const { locate } = task.does.resource;
  try {
    return locate ? (locate(props, role.folder) as object) : props;
  } catch (error) {
    throw new TaskError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
