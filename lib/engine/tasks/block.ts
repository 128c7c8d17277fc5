import type { Output } from "./output.ts";
import type { Handler, Task } from "./task.ts";

/** What a role's list of tasks holds. */
export type Item = Task | Block;

/** Tasks that belong together. What is said of the block is said of each of them. Immutable, as tasks are. */
export interface Block {
  readonly name: string;
  readonly tasks: readonly Item[];
  readonly rescued: readonly Item[];
  readonly finally: readonly Item[];
  /** Run where one of its tasks failed; where they go well, the host goes on. A host that is lost is not rescued. */
  rescue(...tasks: Item[]): Block;
  /** Run in any case, after the tasks and what rescues them. */
  always(...tasks: Item[]): Block;
  notify(...handlers: Handler[]): Block;
  tagged(...tags: string[]): Block;
  when(condition: boolean | Output<boolean>): Block;
  ignoreErrors(): Block;
  throttle(hosts: number): Block;
  delegateTo(host: { readonly name: string } | string): Block;
  become(user: string): Block;
  environment(variables: Readonly<Record<string, string>>): Block;
}

export const block = (name: string, ...tasks: readonly Item[]): Block =>
  makeBlock({ name, tasks, rescued: [], finally: [] });

export const isBlock = (item: Item): item is Block => "rescued" in item;

type Parts = Pick<Block, "name" | "tasks" | "rescued" | "finally">;

function makeBlock(parts: Parts): Block {
  /** Tasks and blocks understand the same words. */
  const all = (change: (item: Item) => Item): Block =>
    makeBlock({
      ...parts,
      tasks: parts.tasks.map(change),
      rescued: parts.rescued.map(change),
      finally: parts.finally.map(change),
    });
  return {
    ...parts,
    rescue: (...tasks) => makeBlock({ ...parts, rescued: [...parts.rescued, ...tasks] }),
    always: (...tasks) => makeBlock({ ...parts, finally: [...parts.finally, ...tasks] }),
    notify: (...handlers) => all((item) => item.notify(...handlers)),
    tagged: (...tags) => all((item) => item.tagged(...tags)),
    when: (condition) => all((item) => item.when(condition)),
    ignoreErrors: () => all((item) => item.ignoreErrors()),
    throttle: (hosts) => all((item) => item.throttle(hosts)),
    delegateTo: (host) => all((item) => item.delegateTo(host)),
    become: (user) => all((item) => item.become(user)),
    environment: (variables) => all((item) => item.environment(variables)),
  };
}

/** All tasks, whichever of them will run. */
export const tasksIn = (items: readonly Item[]): Task[] =>
  items.flatMap((item) => (isBlock(item) ? tasksIn([...item.tasks, ...item.rescued, ...item.finally]) : [item]));
