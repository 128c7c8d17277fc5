import { TaskError, type Location } from "../errors.ts";
import { locationOf } from "../error-location.ts";
import { argument, argumentsOf } from "./arguments.ts";
import { hidingAction, hidingResource } from "./hiding.ts";
import type { Action, Forecast, Resource } from "./resource.ts";
import { isOutput, outputOf, type Lazy, type Output, type Register } from "./output.ts";
import { problemsIn, type AnyRules } from "./properties.ts";

/* eslint-disable @typescript-eslint/no-explicit-any -- a list of tasks holds resources of every shape */
export type AnyResource = Resource<any, any, any, any>;
export type AnyAction = Action<any>;
type AnyRetry = Retry<any>;
/* eslint-enable @typescript-eslint/no-explicit-any */

/** Tasks that run once per host if a task that notifies them changed something. */
export interface Handler {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Hosts run it one after the other, so that a cluster keeps its majority. */
  readonly oneHostAtATime: boolean;
}

/** How often and until when a task is tried again. */
export interface Retry<Out> {
  /** Attempts in all. */
  readonly attempts: number;
  /** Seconds between two attempts; 5 by default. */
  readonly delay?: number;
  /** Whether an output ends the attempts; by default, an attempt that does not fail ends them. */
  readonly until?: (output: Out) => boolean;
}

/** Tasks that control the run itself. */
export type Meta = "flush handlers" | "barrier" | "end host" | "end play";

/** How a task runs. */
export interface TaskOptions {
  readonly handlers: readonly Handler[];
  readonly tags: readonly string[];
  /** Known when the play is planned. */
  readonly condition: boolean;
  /** Known once earlier tasks have run. */
  readonly conditions: readonly Output<boolean>[];
  /** Runs on one host of each batch only. */
  readonly once: boolean;
  readonly errorsIgnored: boolean;
  readonly retries?: AnyRetry;
  /** At most this many hosts run it at the same time. */
  readonly atOnce?: number;
  /** The name of the host that it runs on. */
  readonly delegate?: string;
  readonly user?: string;
  /** Seconds after which one of its steps counts as hung and is ended. */
  readonly limit?: number;
  /** The environment of its commands. */
  readonly exports: Readonly<Record<string, string>>;
  readonly registered?: string;
}

/** One entry of a role: a resource or an action, named by a sentence. Immutable: each method returns a new task. */
export interface Task<Out = unknown> extends TaskOptions {
  readonly name: string;
  readonly does: { readonly resource: AnyResource } | { readonly action: AnyAction } | { readonly meta: Meta };
  readonly props: object;
  /** A value of this task for later tasks of the same host and play. */
  readonly output: Output<Out>;
  /** A change notifies these handlers. */
  notify(...handlers: Handler[]): Task<Out>;
  /** Adds tags for --tags and --skip-tags; the role's name is one already. */
  tagged(...tags: string[]): Task<Out>;
  /** Skips the task unless the condition is true. All of its conditions must be true. */
  when(condition: boolean | Output<boolean>): Task<Out>;
  /**
   * One host runs it for its batch: the first that is still in the play. Its output is every host's. With `serial`, each
   * batch runs it once, as in Ansible: what must run once for all hosts belongs in a play of its own.
   */
  runOnce(): Task<Out>;
  /** If it fails, the host continues; the failure is shown, and counted as ignored. */
  ignoreErrors(): Task<Out>;
  /** Tries the task again if it fails. */
  retry(retry: Retry<Out>): Task<Out>;
  /**
   * Ends a step of the task that takes longer than this many seconds, on the host too: a command, an upload without
   * progress, work on the controller, or the read of its state. The task fails then.
   */
  timeout(seconds: number): Task<Out>;
  /** Limits how many hosts run it at the same time. */
  throttle(hosts: number): Task<Out>;
  /** Runs it on another host, "localhost" for the controller; handlers and output stay those of the play's host. */
  delegateTo(host: { readonly name: string } | string): Task<Out>;
  /** Runs it as this user, whichever user the play becomes. */
  become(user: string): Task<Out>;
  /** Adds environment variables to its shell commands. */
  environment(variables: Readonly<Record<string, string>>): Task<Out>;
  /** Names its output for other plays and other hosts. */
  register(name: Register<Out>): Task<Out>;
}

type Parts = Pick<Task, "name" | "does" | "props"> & TaskOptions;

/** The task that this one was made from: outputs survive .notify() and the like. */
const origins = new WeakMap<Task, Task>();
export const originOf = (task: Task): Task => origins.get(task) ?? task;
/** The same task, with its output, under another name and with other handlers. */
export const renamed = (task: Task, name: string, handlers: readonly Handler[]): Task =>
  makeTask({ ...task, name, handlers }, originOf(task));

function makeTask<Out>(parts: Parts, origin?: Task): Task<Out> {
  const again = (change: Partial<TaskOptions>): Task<Out> => makeTask<Out>({ ...parts, ...change }, originOf(task));
  const task: Task<Out> = {
    ...parts,
    get output() {
      return outputOf<Out>(originOf(task));
    },
    notify: (...handlers) => again({ handlers: [...parts.handlers, ...argumentsOf("notify", handlers)] }),
    tagged: (...tags) => again({ tags: [...parts.tags, ...argumentsOf("tagged", tags)] }),
    when: (given) => {
      const condition = argument("when", given);
      return isOutput(condition)
        ? again({ conditions: [...parts.conditions, condition] })
        : again({ condition: parts.condition && condition });
    },
    runOnce: () => again({ once: true }),
    ignoreErrors: () => again({ errorsIgnored: true }),
    retry: (retries) => again({ retries: argument("retry", retries) }),
    timeout: (seconds) => again({ limit: argument("timeout", seconds) }),
    throttle: (atOnce) => again({ atOnce: argument("throttle", atOnce) }),
    delegateTo: (host) => again({ delegate: hostName(argument("delegateTo", host)) }),
    become: (user) => again({ user: argument("become", user) }),
    environment: (variables) => again({ exports: { ...parts.exports, ...argument("environment", variables) } }),
    register: (name) => again({ registered: argument("register", name).name }),
  };
  if (origin) origins.set(task, origin);
  return task;
}

/** What is wrong with the properties of a task, and where it was written. */
export interface Mistake {
  readonly problems: readonly string[];
  readonly where: Location | undefined;
}

const mistakes = new WeakMap<Task, Mistake>();
/** Undefined if nothing is wrong with the properties that are known. */
export const mistakeOf = (task: Task): Mistake | undefined => mistakes.get(originOf(task));

/** The same task. A mistake is kept and not thrown: a task whose condition is false may have any properties. */
function checked<Out>(task: Task<Out>, rules: AnyRules | undefined): Task<Out> {
  if (typeof task.name !== "string" || typeof (task.props as unknown) !== "object")
    throw new TaskError('a task has a name and properties, expected both: file("Write it", { … })');
  const problems = rules ? problemsIn(task.props, rules, undefined, isOutput) : [];
  if (problems.length > 0) mistakes.set(task, { problems, where: locationOf(new Error()) });
  return task;
}

const hostName = (host: { readonly name: string } | string): string => (typeof host === "string" ? host : host.name);

const plain = {
  handlers: [],
  tags: [],
  condition: true,
  conditions: [],
  once: false,
  errorsIgnored: false,
  exports: {},
} as const;

/**
 * Defines a kind of resource. Returns the function that makes a task of this kind from a name and properties:
 * `file("Write the motd", { … })`. Each property may be the output of an earlier task.
 *
 * @example
 * export const motd = defineResource({
 *   kind: "motd",
 *   props: { text: prop.text },
 *   label: () => "/etc/motd",
 *   needs: () => ({ now: queries.content("/etc/motd") }),
 *   diff: ({ now }, p: { readonly text: string }) => differences({ text: [now, p.text] }),
 *   apply: (_found, _now, p) => [{ upload: { bytes: Buffer.from(p.text) }, to: "/etc/motd", mode: 0o644 }],
 *   forecast: (_now, p) => ({ now: p.text }),
 *   effects: () => [effect(queries.path("/etc/motd"), unknown)],
 * });
 */
export const defineResource = <
  Props extends object,
  State extends object,
  const After extends Forecast<State>,
  Out = void,
>(
  resource: Resource<Props, State, After, Out>,
): ((name: string, props: Lazy<Props>) => Task<Out>) => {
  const does = { resource: hidingResource(resource) };
  return (name, props) => checked(makeTask<Out>({ ...plain, name, does, props }), resource.props);
};

/**
 * Defines a kind of action. Returns the function that makes a task of this kind from a name and properties:
 * `restart("Restart it", { name })`.
 *
 * @example
 * export const rotate = defineAction({
 *   kind: "rotate",
 *   props: { name: prop.text },
 *   label: (p: { readonly name: string }) => p.name,
 *   steps: (p) => [`logrotate --force -- ${quote(`/etc/logrotate.d/${p.name}`)}`],
 * });
 */
export const defineAction = <Props extends object>(
  action: Action<Props>,
): ((name: string, props: Lazy<Props>) => Task) => {
  const does = { action: hidingAction(action) };
  return (name, props) => checked(makeTask({ ...plain, name, does, props }), action.props);
};

/**
 * Makes a handler. It runs once per host at the end of the play, or at flushHandlers(), if a task that notifies it
 * changed something. If a start of the service has made its restart needless, its waits are left out too.
 *
 * @example
 * const restarted = handler("Restart nginx", restart("Restart nginx", { name: "nginx" }));
 * file("Configure nginx", { dest: "/etc/nginx/nginx.conf", src: "nginx.conf" }).notify(restarted);
 */
export const handler = (name: string, ...tasks: Task[]): Handler => ({
  ...{ name, tasks: argumentsOf("handler", tasks), oneHostAtATime: false },
});
/**
 * Makes a handler that hosts run one after the other. It stops at the first host that fails.
 *
 * @example
 * rollingHandler("Restart etcd", restart("Restart it", { name: "etcd" }), wait("Wait", { until: { port: 2379 } }));
 */
export const rollingHandler = (name: string, ...tasks: Task[]): Handler => ({
  ...{ name, tasks: argumentsOf("handler", tasks), oneHostAtATime: true },
});

const steering =
  (meta: Meta, usual: string) =>
  (name = usual): Task =>
    makeTask({ ...plain, name, does: { meta }, props: {} });

/**
 * Runs the handlers notified so far. Later tasks can rely on them.
 *
 * @example
 * [file("Configure it", { dest, content }).notify(restarted), flushHandlers(), wait("Wait", { until: { port } })];
 */
export const flushHandlers = steering("flush handlers", "Run the handlers");
/**
 * Waits until all other hosts of the play that run this task have reached it, or will not reach it any more. With
 * serial, only the hosts of the same batch are awaited. In a rescue it does not wait.
 *
 * @example
 * [command("Join the cluster", { run, creates }), barrier("Wait until every host has joined")];
 */
export const barrier = steering("barrier", "Wait for the other hosts");
/**
 * Ends the play for this host. The handlers that it notified still run.
 *
 * @example
 * endHost("Skip hosts that are up to date").when(!vars.upgrade);
 */
export const endHost = steering("end host", "End the play for this host");
/**
 * Ends the play for all hosts. The handlers that they notified still run.
 *
 * @example
 * endPlay("Stop, as nothing is to be upgraded").when(!vars.upgrade);
 */
export const endPlay = steering("end play", "End the play");
