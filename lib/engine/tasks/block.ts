import { argumentsOf } from "./arguments.ts";
import type { Output } from "./output.ts";
import type { Handler, Task } from "./task.ts";

/** The size of a batch: a number of hosts, or a percentage of the play's hosts. */
export type BatchSize = number | `${number}%`;
/** The size of every batch. A list has one size per batch; its last one also holds for the rest. */
export type Serial = BatchSize | readonly BatchSize[];

/** How the hosts of a play take turns at a block. */
export interface TurnOptions {
  /** How many hosts at once; 1 by default. [1, "25%"] is a first host alone, then a quarter of the hosts at a time. */
  readonly serial?: Serial;
  /** Hosts on which this unit is not active go first, all at once: they have nothing that the block could break. */
  readonly unit?: string;
  /** A host that would notify this handler does not wait for its turn: all hosts need its changes at the same time. */
  readonly together?: Handler;
  /** Must hold before a host's turn begins: a `wait` for what the others need, such as a majority. */
  readonly first?: Task;
}

/** An item of a role's list of tasks. */
export type Item = Task | Block;

/**
 * Tasks that belong together. Every method but rescue and always applies to each of them, and to those of its rescue
 * and always. Immutable: each method returns a new block.
 */
export interface Block {
  readonly name: string;
  readonly tasks: readonly Item[];
  readonly rescued: readonly Item[];
  readonly finally: readonly Item[];
  readonly turns?: TurnOptions;
  /**
   * Hosts that would change something take turns: each does the whole block with the handlers that it notified before
   * the next host begins. After a failure no further host begins, and those that did not begin stay as they are.
   */
  inTurn(turns?: TurnOptions): Block;
  /**
   * Tasks to run if a task of the block fails; if they succeed, the host continues. An unreachable host is not rescued.
   */
  rescue(...tasks: Item[]): Block;
  /** Tasks to run in any case, after the tasks and the rescue. */
  always(...tasks: Item[]): Block;
  /** As for a task. */
  notify(...handlers: Handler[]): Block;
  /** As for a task. */
  tagged(...tags: string[]): Block;
  /** As for a task. */
  when(condition: boolean | Output<boolean>): Block;
  /** As for a task. */
  ignoreErrors(): Block;
  /** As for a task. */
  timeout(seconds: number): Block;
  /** As for a task. */
  throttle(hosts: number): Block;
  /** As for a task. */
  delegateTo(host: { readonly name: string } | string): Block;
  /** As for a task. */
  become(user: string): Block;
  /** As for a task. */
  environment(variables: Readonly<Record<string, string>>): Block;
}

/**
 * Groups tasks and blocks under a name.
 *
 * @example
 * block("Upgrade", packages("Install it", { names: ["nginx"] }), wait("Wait for it", { until: { port: 80 } }))
 *   .rescue(command("Roll back", { run: "/usr/local/bin/roll-back" }))
 *   .when(vars.upgrade);
 */
export const block = (name: string, ...tasks: readonly Item[]): Block =>
  makeBlock({ name, tasks: argumentsOf("block", tasks), rescued: [], finally: [] });

/**
 * Whether an item of a role's list is a block, and not a task.
 *
 * @example
 * const names = items.map((item) => (isBlock(item) ? `block ${item.name}` : item.name));
 */
export const isBlock = (item: Item): item is Block => "rescued" in item;

type Parts = Pick<Block, "name" | "tasks" | "rescued" | "finally" | "turns">;

function makeBlock(parts: Parts): Block {
  /** Tasks and blocks have the same methods. */
  const all = (change: (item: Item) => Item): Block =>
    makeBlock({
      ...parts,
      tasks: parts.tasks.map(change),
      rescued: parts.rescued.map(change),
      finally: parts.finally.map(change),
    });
  return {
    ...parts,
    inTurn: (turns = {}) => makeBlock({ ...parts, turns }),
    rescue: (...tasks) => makeBlock({ ...parts, rescued: [...parts.rescued, ...argumentsOf("block", tasks)] }),
    always: (...tasks) => makeBlock({ ...parts, finally: [...parts.finally, ...argumentsOf("block", tasks)] }),
    notify: (...handlers) => all((item) => item.notify(...handlers)),
    tagged: (...tags) => all((item) => item.tagged(...tags)),
    when: (condition) => all((item) => item.when(condition)),
    ignoreErrors: () => all((item) => item.ignoreErrors()),
    timeout: (seconds) => all((item) => item.timeout(seconds)),
    throttle: (hosts) => all((item) => item.throttle(hosts)),
    delegateTo: (host) => all((item) => item.delegateTo(host)),
    become: (user) => all((item) => item.become(user)),
    environment: (variables) => all((item) => item.environment(variables)),
  };
}

/** All tasks, whether or not they will run. */
export const tasksIn = (items: readonly Item[]): Task[] =>
  items.flatMap((item) => (isBlock(item) ? tasksIn([...item.tasks, ...item.rescued, ...item.finally]) : [item]));
