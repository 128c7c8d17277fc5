import type { Action, Forecast, Resource } from "./define.ts";

/** A value that exists only once an earlier task of the same host and play has run. */
export interface Output<T> {
  readonly kind: "output";
  /** The task that makes it. */
  readonly of: Task;
  readonly read: (made: unknown) => T;
  map<U>(f: (value: T) => U): Output<U>;
}
export type Lazy<Props> = { readonly [K in keyof Props]: Props[K] | Output<Props[K]> };

/* eslint-disable @typescript-eslint/no-explicit-any -- a list of tasks holds resources of every shape */
export type AnyResource = Resource<any, any, any, any>;
export type AnyAction = Action<any>;
/* eslint-enable @typescript-eslint/no-explicit-any */

export interface Handler {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Hosts take turns, so that a cluster keeps its majority. */
  readonly oneHostAtATime: boolean;
}

/** One line of a role: a resource or an action with a sentence for a name. Immutable: each method gives a new task. */
export interface Task<Out = unknown> {
  readonly name: string;
  readonly does: { readonly resource: AnyResource } | { readonly action: AnyAction } | { readonly meta: "flush" };
  readonly props: object;
  readonly handlers: readonly Handler[];
  readonly tags: readonly string[];
  readonly condition: boolean;
  /** Runs on the first host of the play only. */
  readonly once: boolean;
  readonly output: Output<Out>;
  notify(...handlers: Handler[]): Task<Out>;
  tagged(...tags: string[]): Task<Out>;
  when(condition: boolean): Task<Out>;
  runOnce(): Task<Out>;
}

const outputOf = <T>(of: Task, read: (made: unknown) => T): Output<T> => ({
  kind: "output",
  of,
  read,
  map: (f) => outputOf(of, (made) => f(read(made))),
});

type Parts = Pick<Task, "name" | "does" | "props" | "handlers" | "tags" | "condition" | "once">;

/** The task that first had this identity: outputs survive .notify() and the like. */
const origins = new WeakMap<Task, Task>();
export const originOf = (task: Task): Task => origins.get(task) ?? task;

function makeTask<Out>(parts: Parts, origin?: Task): Task<Out> {
  const again = (change: Partial<Parts>): Task<Out> => makeTask<Out>({ ...parts, ...change }, originOf(task));
  const task: Task<Out> = {
    ...parts,
    get output() {
      return outputOf(originOf(task), (made) => made as Out);
    },
    notify: (...handlers) => again({ handlers: [...parts.handlers, ...handlers] }),
    tagged: (...tags) => again({ tags: [...parts.tags, ...tags] }),
    when: (condition) => again({ condition: parts.condition && condition }),
    runOnce: () => again({ once: true }),
  };
  if (origin) origins.set(task, origin);
  return task;
}

const blank = { handlers: [], tags: [], condition: true, once: false } as const;

/** Gives the function that writes one task of this kind: `file("Write the motd", { … })`. */
export const defineResource =
  <Props extends object, State extends object, const After extends Forecast<State>, Out = void>(
    resource: Resource<Props, State, After, Out>,
  ): ((name: string, props: Lazy<Props>) => Task<Out>) =>
  (name, props) =>
    makeTask<Out>({ ...blank, name, does: { resource }, props });

/** Gives the function that writes one task that acts: `restart("Restart it", { name })`. */
export const defineAction =
  <Props extends object>(action: Action<Props>): ((name: string, props: Lazy<Props>) => Task) =>
  (name, props) =>
    makeTask({ ...blank, name, does: { action }, props });

/** Runs once a host at the end of its play, if a task that notifies it changed something. */
export const handler = (name: string, ...tasks: Task[]): Handler => ({ name, tasks, oneHostAtATime: false });
/** The same, one host after the other. */
export const rollingHandler = (name: string, ...tasks: Task[]): Handler => ({ name, tasks, oneHostAtATime: true });

/** The handlers notified so far run here: what comes after may rely on them. */
export const flushHandlers = (): Task =>
  makeTask({ ...blank, name: "Run the handlers", does: { meta: "flush" }, props: {} });

const isOutput = (value: unknown): value is Output<unknown> =>
  typeof value === "object" && value !== null && (value as Partial<Output<unknown>>).kind === "output" && "of" in value;

/** The properties with every output replaced by its value; undefined while one is not made yet. */
export function resolve(props: object, made: ReadonlyMap<Task, unknown>): object | undefined {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(props)) {
    if (!isOutput(value)) entries.push([key, value]);
    else if (made.has(value.of)) entries.push([key, value.read(made.get(value.of))]);
    else return undefined;
  }
  return Object.fromEntries(entries);
}
