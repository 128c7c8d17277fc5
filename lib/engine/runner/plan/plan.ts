import type { Play, Role, RoleContext } from "../../dsl/index.ts";
import { at, PlayError, TaskError, type Problem } from "../../errors.ts";
import { isBlock, tasksIn, type Item, type TurnOptions } from "../../tasks/block.ts";
import { isOutput, resolve, type Made } from "../../tasks/output.ts";
import { problemsIn } from "../../tasks/properties.ts";
import type { Cover } from "../../tasks/taint.ts";
import { mistakeOf, type Handler, type Task } from "../../tasks/task.ts";
import type { TaskName } from "../events/events.ts";
import { callRole } from "./call-role.ts";
import { twinned, type Twins } from "./twins.ts";
import { refuseWaitsInTurn } from "./waits-in-turn.ts";

/** One task of a host play. */
export interface PlannedTask {
  /** The same on every host of the play that has it. */
  readonly id: string;
  readonly role: Role;
  /** Distinguishes roles of the same name in one play. */
  readonly roleId: string;
  readonly task: Task;
  readonly tags: readonly string[];
  readonly handler: boolean;
  /** Only if its role has secrets. */
  readonly twins?: Twins | undefined;
}

/** How hosts take turns at a block. */
export interface PlannedTurn extends Pick<TurnOptions, "serial" | "unit" | "together"> {
  /** The same on every host of the play that has the block. */
  readonly id: string;
  readonly first: PlannedTask | undefined;
}

/** Tasks with a `rescue` for failures and with `always` tasks. */
export interface PlannedBlock {
  readonly name: string;
  readonly turns?: PlannedTurn;
  readonly tasks: readonly Planned[];
  readonly rescue: readonly Planned[];
  readonly always: readonly Planned[];
}
export type Planned = PlannedTask | PlannedBlock;

export const isPlannedBlock = (planned: Planned): planned is PlannedBlock => "rescue" in planned;

/** All tasks in order, without those of a rescue. */
export const usualTasks = (all: readonly Planned[]): PlannedTask[] =>
  all.flatMap((one) => (isPlannedBlock(one) ? usualTasks([...one.tasks, ...one.always]) : [one]));

/** All tasks in order, with those of a rescue. */
export const allTasks = (all: readonly Planned[]): PlannedTask[] =>
  all.flatMap((one) => (isPlannedBlock(one) ? allTasks([...one.tasks, ...one.rescue, ...one.always]) : [one]));

/** The turns at blocks, also at blocks in other blocks, without those of a rescue. */
export const turnsIn = (all: readonly Planned[]): PlannedTurn[] =>
  all.flatMap((one) =>
    isPlannedBlock(one) ? [...(one.turns ? [one.turns] : []), ...turnsIn([...one.tasks, ...one.always])] : [],
  );

export const taskNameOf = ({ role, task, handler }: PlannedTask): TaskName => ({
  role: role.name,
  task: task.name,
  handler,
});

export interface TagFilter {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/** Ansible's rules for `always` and `never`, and for tagged, untagged and all. The tag of a role's name does not count as tagged. */
export function wanted(tags: readonly string[], filter: TagFilter, role?: string): boolean {
  const has = (tag: string): boolean => tags.includes(tag) || tag === role;
  const isTagged = tags.length > 0;
  const matches = (tag: string): boolean =>
    has(tag) || (tag === "tagged" && isTagged) || (tag === "untagged" && !isTagged);
  const { tags: only, skipTags: skip } = filter;
  if (has("never") && !only.some(has)) return false;
  if (only.length > 0 && !has("always") && !only.includes("all") && !only.some(matches)) return false;
  return !skip.some(matches) && !(skip.includes("all") && !has("always"));
}

/** What a role is given: the context, and the same with other secrets; none if it has no secrets. */
export interface Contexts {
  (role: Role): RoleContext<unknown>;
  readonly withOtherSecrets?: (role: Role) => readonly RoleContext<unknown>[];
  /** Covers the secrets that are known. */
  readonly cover?: Cover;
}

/** All tasks of a play for one host, in order, filtered by tags. */
export function plan(play: Play, contextOf: Contexts, filter: TagFilter): Planned[] {
  const numbered = numberer();
  return play.roles.flatMap((role) => {
    const inherited = [...(play.tags ?? []), ...role.tags];
    const roleId = numbered(role.name);
    const tasks = callRole(role, contextOf(role));
    // Only now: the role may have read a secret of a host that does not play it.
    const others = contextOf.withOtherSecrets?.(role) ?? [];
    const { items, twins } = twinned(
      tasks,
      others.map((context) => () => callRole(role, context)),
      contextOf.cover,
    );
    refuseNamesakes(role, tasksIn(items));
    refuseWaitsInTurn(role.name, items);
    const planned = (all: readonly Item[]): Planned[] => all.flatMap(one);
    const taskOf = (task: Task): PlannedTask => ({
      id: numbered(`${roleId}\0${task.name}`),
      ...{ role, roleId, task, tags: [...inherited, role.name, ...task.tags], handler: false, twins },
    });
    const turnsOf = (block: string, { first, ...turns }: TurnOptions): PlannedTurn => ({
      ...turns,
      id: numbered(`${roleId}\0${block}\0turns`),
      first: first && taskOf(first),
    });
    const one = (item: Item): Planned[] => {
      if (isBlock(item)) {
        const { name, turns } = item;
        const parts = { tasks: planned(item.tasks), rescue: planned(item.rescued), always: planned(item.finally) };
        if (parts.tasks.length + parts.always.length === 0) return [];
        return [{ name, ...parts, ...(turns && { turns: turnsOf(name, turns) }) }];
      }
      const task = taskOf(item);
      return wanted([...inherited, ...item.tags], filter, role.name) ? [task] : [];
    };
    return planned(items);
  });
}

/** Returns each name unchanged the first time, then with a number. */
function numberer(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}#${String(count)}`;
  };
}

/** The next run finds a pending handler by its name. */
function refuseNamesakes(role: Role, tasks: readonly Task[]): void {
  const byName = new Map<string, Handler>();
  for (const handler of tasks.flatMap((task) => reachable(task.handlers))) {
    const known = byName.get(handler.name) ?? handler;
    if (known !== handler)
      throw new TaskError(
        `the role ${role.name} has two handlers named "${handler.name}": give each a name of its own`,
      );
    byName.set(handler.name, handler);
  }
}

/** These handlers and the handlers that their tasks notify. */
const reachable = (handlers: readonly Handler[]): Handler[] =>
  handlers.flatMap((handler) => [handler, ...handler.tasks.flatMap((task) => reachable(task.handlers))]);

/** A handler with its role; all tasks that notify it share it. */
export interface PlannedHandler {
  readonly role: Role;
  readonly roleId: string;
  readonly handler: Handler;
  readonly twins?: Twins | undefined;
}

export const handlerKey = ({ roleId, handler }: Pick<PlannedHandler, "roleId" | "handler">): string =>
  `${roleId}\0${handler.name}`;

/** The handlers of a plan, each once, in the order of first appearance. */
export function handlersOf(tasks: readonly PlannedTask[]): PlannedHandler[] {
  const found = new Map<string, PlannedHandler>();
  for (const { role, roleId, task, twins } of tasks)
    for (const handler of reachable(task.handlers)) {
      const planned = { role, roleId, handler, twins };
      if (!found.has(handlerKey(planned))) found.set(handlerKey(planned), planned);
    }
  return [...found.values()];
}

/** A task's props with outputs resolved and paths made absolute; undefined while an output is missing. */
export function propsOf({ task, role }: PlannedTask, made: Made): object | undefined {
  const props = resolve(task.props, made);
  return props && locatedProps(task, role, props);
}

/** What is wrong with the properties of a task: with those that are written in its role, and with outputs of others. */
export function mistakesIn(task: Task, props?: object): Problem[] {
  const { does, name } = task;
  if ("meta" in does) return [];
  const { kind, props: rules } = "resource" in does ? does.resource : does.action;
  const { problems = [], where } = mistakeOf(task) ?? {};
  const late = props && rules && Object.values(task.props).some(isOutput) ? problemsIn(props, rules) : [];
  return [...new Set([...problems, ...late])].map((problem) => ({
    message: `${kind} "${name}": ${problem}`,
    ...(where && { where }),
  }));
}

/** The props with absolute paths. Throws TaskError or InputError if they are invalid. */
export function locatedProps(task: Task, role: Role, props: object): object {
  const { does } = task;
  const [wrong] = mistakesIn(task, props);
  if (wrong) throw new TaskError(wrong.where ? `${at(wrong.where)}: ${wrong.message}` : wrong.message);
  if (!("resource" in does)) return props;
  const { locate } = does.resource;
  try {
    return locate ? (locate(props, role.folder) as object) : props;
  } catch (error) {
    if (error instanceof PlayError) throw error;
    throw new TaskError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
