import type { Action, Forecast, Resource } from "./resource.ts";
import { isOutput, outputOf, type Lazy, type Output, type Register } from "./output.ts";

/* eslint-disable @typescript-eslint/no-explicit-any -- a list of tasks holds resources of every shape */
export type AnyResource = Resource<any, any, any, any>;
export type AnyAction = Action<any>;
type AnyRetry = Retry<any>;
/* eslint-enable @typescript-eslint/no-explicit-any */

export interface Handler {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Hosts take turns, so that a cluster keeps its majority. */
  readonly oneHostAtATime: boolean;
}

export interface Retry<Out> {
  /** How often it is tried in all. */
  readonly attempts: number;
  /** Seconds between two of them; 5 by default. */
  readonly delay?: number;
  /** Whether its output is what is waited for; where absent, that it does not fail. */
  readonly until?: (output: Out) => boolean;
}

/** What steers the run itself. */
export type Meta = "flush handlers" | "barrier" | "end host" | "end play";

/** How a task is done, beside what it does. */
export interface TaskOptions {
  readonly handlers: readonly Handler[];
  readonly tags: readonly string[];
  /** Known when the play is planned. */
  readonly condition: boolean;
  /** Known once earlier tasks have run. */
  readonly conditions: readonly Output<boolean>[];
  /** Runs on the first host of the play only. */
  readonly once: boolean;
  readonly errorsIgnored: boolean;
  readonly retries?: AnyRetry;
  /** So many hosts do it at the same time. */
  readonly atOnce?: number;
  /** The name of the host that it is done on. */
  readonly delegate?: string;
  readonly user?: string;
  /** For its commands. */
  readonly exports: Readonly<Record<string, string>>;
  readonly registered?: string;
}

/** One line of a role: a resource or an action with a sentence for a name. Immutable: each method gives a new task. */
export interface Task<Out = unknown> extends TaskOptions {
  readonly name: string;
  readonly does: { readonly resource: AnyResource } | { readonly action: AnyAction } | { readonly meta: Meta };
  readonly props: object;
  readonly output: Output<Out>;
  notify(...handlers: Handler[]): Task<Out>;
  tagged(...tags: string[]): Task<Out>;
  /** All of its conditions must hold. */
  when(condition: boolean | Output<boolean>): Task<Out>;
  runOnce(): Task<Out>;
  /** Where it fails the host goes on; the failure is shown, and counted as ignored. */
  ignoreErrors(): Task<Out>;
  retry(retry: Retry<Out>): Task<Out>;
  throttle(hosts: number): Task<Out>;
  /** On another host, "localhost" for the controller; handlers and output stay those of the play's host. */
  delegateTo(host: { readonly name: string } | string): Task<Out>;
  /** As this user, whoever the play becomes. */
  become(user: string): Task<Out>;
  environment(variables: Readonly<Record<string, string>>): Task<Out>;
  register(name: Register<Out>): Task<Out>;
}

type Parts = Pick<Task, "name" | "does" | "props"> & TaskOptions;

/** The task that first had this identity: outputs survive .notify() and the like. */
const origins = new WeakMap<Task, Task>();
export const originOf = (task: Task): Task => origins.get(task) ?? task;

function makeTask<Out>(parts: Parts, origin?: Task): Task<Out> {
  const again = (change: Partial<TaskOptions>): Task<Out> => makeTask<Out>({ ...parts, ...change }, originOf(task));
  const task: Task<Out> = {
    ...parts,
    get output() {
      return outputOf<Out>(originOf(task));
    },
    notify: (...handlers) => again({ handlers: [...parts.handlers, ...handlers] }),
    tagged: (...tags) => again({ tags: [...parts.tags, ...tags] }),
    when: (condition) =>
      isOutput(condition)
        ? again({ conditions: [...parts.conditions, condition] })
        : again({ condition: parts.condition && condition }),
    runOnce: () => again({ once: true }),
    ignoreErrors: () => again({ errorsIgnored: true }),
    retry: (retries) => again({ retries }),
    throttle: (atOnce) => again({ atOnce }),
    delegateTo: (host) => again({ delegate: typeof host === "string" ? host : host.name }),
    become: (user) => again({ user }),
    environment: (variables) => again({ exports: { ...parts.exports, ...variables } }),
    register: ({ name }) => again({ registered: name }),
  };
  if (origin) origins.set(task, origin);
  return task;
}

const plain = {
  handlers: [],
  tags: [],
  condition: true,
  conditions: [],
  once: false,
  errorsIgnored: false,
  exports: {},
} as const;

/** Gives the function that writes one task of this kind: `file("Write the motd", { … })`. */
export const defineResource =
  <Props extends object, State extends object, const After extends Forecast<State>, Out = void>(
    resource: Resource<Props, State, After, Out>,
  ): ((name: string, props: Lazy<Props>) => Task<Out>) =>
  (name, props) =>
    makeTask<Out>({ ...plain, name, does: { resource }, props });

/** Gives the function that writes one task that acts: `restart("Restart it", { name })`. */
export const defineAction =
  <Props extends object>(action: Action<Props>): ((name: string, props: Lazy<Props>) => Task) =>
  (name, props) =>
    makeTask({ ...plain, name, does: { action }, props });

/** Runs once a host at the end of its play, if a task that notifies it changed something. */
export const handler = (name: string, ...tasks: Task[]): Handler => ({ name, tasks, oneHostAtATime: false });
/** The same, one host after the other. */
export const rollingHandler = (name: string, ...tasks: Task[]): Handler => ({ name, tasks, oneHostAtATime: true });

const steering =
  (meta: Meta, usual: string) =>
  (name = usual): Task =>
    makeTask({ ...plain, name, does: { meta }, props: {} });

/** The handlers notified so far run here: what comes after may rely on them. */
export const flushHandlers = steering("flush handlers", "Run the handlers");
/**
 * Nobody goes on before all hosts of the play that have it (of its batch, with serial) have come so far, or will not come
 * any more. In a rescue it holds nobody up.
 */
export const barrier = steering("barrier", "Wait for the other hosts");
/** The host has no more to do in this play; the handlers it notified run. */
export const endHost = steering("end host", "End the play for this host");
/** No host has more to do in this play; the handlers they notified run. */
export const endPlay = steering("end play", "End the play");
