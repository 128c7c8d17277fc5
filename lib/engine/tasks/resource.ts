import { sharedSignal } from "../connection/interruption.ts";
import type { Content, Result, Upload, Writer } from "../connection/types.ts";
import { TaskError } from "../errors.ts";
import type { Addition } from "../inventory/types.ts";
import type { Query } from "../queries/define.ts";
import type { Rules } from "./properties.ts";

/**
 * One difference between the current and the desired state. --diff shows `before` and `after` unless `secret`.
 * `before` may be a query, such as content(path): it is asked only if it will be shown.
 */
export interface Difference {
  /** The property that differs: "mode", "content". */
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly secret?: boolean;
  /** Nothing was compared: the difference is found each time and says nothing about the host. */
  readonly always?: boolean;
  /**
   * What a plan compares instead of `after`, which is only an estimate or changes with time. `unknown` allows any.
   */
  readonly desired?: unknown;
  /** Shown in place of `what`, in which there is a secret. */
  readonly shownAs?: string;
}

/**
 * The differences among pairs of [current, desired], compared by `===`. A pair whose desired value is undefined is not
 * managed.
 *
 * @example
 * diff: ({ now }, p) => differences({ shell: [now.shell, p.shell], home: [now.home, p.home] }),
 */
export const differences = (pairs: Readonly<Record<string, readonly [unknown, unknown]>>): Difference[] =>
  Object.entries(pairs)
    .filter(([, [current, desired]]) => desired !== undefined && current !== desired)
    .map(([what, [before, after]]) => ({ what, before, after }));

/** The error of a command: its exit code and its last output. */
export function commandError(result: Result, why = ""): TaskError {
  const { stdout, stderr, code } = result;
  const printed = lastLines(stderr, linesInMessage) || lastLines(stdout, linesInMessage);
  return new TaskError(`${why}exit code ${String(code)}: ${printed || "it printed nothing"}`, { printed, result });
}

/** Lines of a failed command in the message of its task. */
export const linesInMessage = 20;

/** The last lines of an output, for an error message. */
export const lastLines = (text: string, count = 5): string => text.trim().split("\n").slice(-count).join("\n");

/** Reports the progress of a long step, in one line. */
export type Progress = (line: string) => void;

/** A shell command on the host. It may leave programs running: what they print later is dropped. */
export interface ShellStep {
  /** For a POSIX shell. */
  readonly sh: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds; 600 by default. */
  readonly timeout?: number;
  /** An exit code other than 0 is not a failure. */
  readonly mayFail?: boolean;
  /** `judge` reads its exit code alone. If no task takes the output either, only the end of what it prints is kept. */
  readonly judgedByCode?: boolean;
  /** Its output is not shown. */
  readonly secret?: boolean;
  /** It prints nothing of its environment: its output is shown although a secret is there. */
  readonly printsNoEnvironment?: boolean;
}
/** A file for the host. Content that is secret or made late is a function. */
export interface UploadStep extends Omit<Upload, "content"> {
  /** The content, or what makes it. */
  readonly upload: Content | (() => Promise<Content>);
  /** The output of its `validate` is not shown. */
  readonly secret?: boolean;
}
/** The run that a step is part of. */
export interface RunSurroundings {
  /** Shows a message of any length at once. */
  readonly notice: (message: string) => void;
  /** Aborted when the run ends, however it ends: work that outlives its step must end then. */
  readonly ended: AbortSignal;
}
/** For steps outside of a run. */
export const noRun: RunSurroundings = { notice: () => undefined, ended: sharedSignal(new AbortController()) };
/** Work on the controller: issuing a certificate, a call to the Kubernetes API. */
export interface ControllerStep {
  /** Work that only waits must check `stopping`, and end with an error once it returns true. */
  readonly onController: (progress: Progress, stopping: () => boolean, run: RunSurroundings) => Promise<void>;
  /** The values that a plan seals of this step, if they are not among the differences. */
  readonly about?: unknown;
}
/** The task that a connection step is part of. */
export interface Surroundings {
  readonly progress: Progress;
  /** The environment of the play and the task, for shell commands. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds for its work, if the task or the play sets a limit. */
  readonly limit?: number;
}
/** Work that needs the connection itself, such as one that ends with it. */
export interface ConnectionStep {
  /** The result counts as the result of a shell command. */
  readonly overConnection: (writer: Writer, surroundings: Surroundings) => Promise<Result | undefined>;
  /** Connections to the host are renewed after the step. */
  readonly endsConnection?: boolean;
  /** An exit code other than 0 is not a failure. */
  readonly mayFail?: boolean;
  /** Its output is not shown. */
  readonly secret?: boolean;
  /** The values that a plan seals of this step, if they are not among the differences. */
  readonly about?: unknown;
}
/** One step of a change; a string is a shell command that leaves no program running. A step that fails ends the task. */
export type Step = string | ShellStep | UploadStep | ControllerStep | ConnectionStep;

export const isOnController = (step: Step): boolean => typeof step === "object" && "onController" in step;
export const isOverConnection = (step: Step): boolean => typeof step === "object" && "overConnection" in step;

/**
 * In a forecast: a state that is only known after apply.
 *
 * @example
 * forecast: () => ({ digest: unknown }),
 */
export const unknown = Symbol("known after apply");
export type Unknown = typeof unknown;
/** The states after a change, by need. A state that is left out is believed to be unchanged. */
export type Forecast<State> = { readonly [K in keyof State]?: State[K] | Unknown };
/** The queries of a resource, by the name of the state that each answers. */
export type Needs<State> = { readonly [K in keyof State]: Query<State[K]> };

/**
 * How a change affects answers other than those of the resource's own needs. All named answers are asked again. Check
 * mode continues with the given states, or with the host's answers if none is given.
 */
export type Effect<State = unknown> =
  | { readonly query: Query<State>; readonly state: State | Unknown }
  /** All paths in a folder, however deep. */
  | { readonly below: string; readonly state?: "gone" | Unknown }
  | {
      /** All answers to one kind of query. */
      readonly kind: string;
      /** Forecasts each answer from the one before. */
      readonly becomes?: (state: unknown, key: string) => unknown;
    }
  /** All answers of the host. */
  | "everything";
/**
 * The effect that a change leaves one query with this answer.
 *
 * @example
 * effects: (p) => [effect(queries.path(p.dest), { type: "absent" }), effect(queries.content(p.dest), unknown)],
 */
export const effect = <State>(query: Query<State>, state: State | Unknown): Effect => ({ query, state });

/** What must be on a host for a change. */
export interface Requirement<State = unknown> {
  readonly query: Query<State>;
  /** The problem with the answer, if there is one. */
  readonly problem: (state: State) => string | undefined;
  /** What to do about it: "add a directory task before it". */
  readonly remedy?: string;
  /** Its answer knows nothing of predicted changes: after any of them, a problem is none. */
  readonly ofPresent?: boolean;
}
export const requirement = <State>(
  query: Query<State>,
  problem: Requirement<State>["problem"],
  remedy?: string,
): Requirement => ({
  query,
  problem: (state) => problem(state as State),
  ...(remedy !== undefined && { remedy }),
});
/** A requirement that only holds for the host as it is: no forecast changes the answer, but any change may. */
export const ofPresent = <State>(query: Query<State>, problem: Requirement<State>["problem"]): Requirement => ({
  ...requirement(query, problem),
  ofPresent: true,
});

/**
 * A kind of desired state. A task asks the needs, compares by `diff`, and applies the differences. Then it asks the
 * needs again, and fails if differences are left. Check mode uses `forecast` instead of `apply`. Functions of a
 * resource may throw TaskError, which fails the task on its host.
 */
export interface Resource<Props, State extends object, After extends Forecast<State>, Out> {
  /** Names the resource in messages: "file", "service". */
  readonly kind: string;
  /**
   * What each property may be. Unknown and mistyped properties are then errors before the first connection; without it,
   * only the types of TypeScript tell.
   */
  readonly props?: NoInfer<Rules<Props>>;
  /** The subject as its user names it: a path, a unit's name. */
  readonly label: (props: Props) => string;
  /** The label of a change to a resource with many subjects: those that changed. The same as `label` by default. */
  readonly labelOfChange?: (differences: readonly Difference[], props: Props) => string;
  /**
   * The same properties, with files of the role's folder (templates/x.hbs, files/x) as absolute paths. Also called
   * before any host is asked, so that errors in the properties are found early.
   */
  readonly locate?: (props: Props, roleFolder: string) => Props;
  /**
   * The queries whose answers are compared. Asks nothing itself.
   * A resource without needs has nothing to compare with: it is always a change, and not compared again afterwards.
   */
  readonly needs: (props: Props) => Needs<State>;
  /** Pure. Empty means ok. */
  readonly diff: (now: State, props: Props) => readonly Difference[];
  /** Steps that remove the differences. Only called with a non-empty list. */
  readonly apply: (differences: readonly Difference[], now: State, props: Props) => readonly Step[];
  /** The states of its needs after the change, with which check mode continues. */
  readonly forecast: (now: State, props: Props) => After;
  /** Other answers that the change affects. Answers not named here count as unchanged: rather name too many. */
  readonly effects?: (props: Props, found: readonly Difference[]) => readonly Effect[];
  /**
   * Consecutive tasks of this kind may be sent together, although each affects more than it names: their subjects
   * differ, and doing them twice equals doing them once. Returns the steps that run once, after the last of them.
   */
  readonly together?: (differences: readonly Difference[], now: State, props: Props) => readonly string[];
  /** Warnings although nothing must be changed: a CA near its end. Shown as notices. */
  readonly warnings?: (now: State, props: Props) => readonly string[];
  /** A value for later tasks, from the state after the change and the results of its shell steps, if any. */
  readonly output?: (now: State, props: Props, results: readonly Result[]) => Out;
  /** The outcome of its shell steps, which may exit with any code. Throws TaskError if they failed. */
  readonly judge?: (results: readonly Result[], props: Props) => "changed" | "ok";
  /** It only reads. If check mode cannot read yet, as an earlier task would make the subject, its output is unknown. */
  readonly reads?: boolean;
  /**
   * What its change needs and does not make itself, such as the folder of a file. A run fails without it by itself; a
   * check asks, and fails with the problem unless an earlier task may make what is missing. Without the state, everything
   * that a change may need.
   */
  readonly requires?: (props: Props, now?: State) => readonly Requirement[];
  /** It makes nothing but its subject: "everything" among its effects only means that all is asked again. */
  readonly makesOnlyItself?: boolean;
  /** Its apply only waits: never counted as a change. */
  readonly waits?: boolean;
  /**
   * What it adds to the inventory for the plays that follow, in a check too. `host` is the host whose task it is. Such a
   * resource changes no host.
   */
  readonly adds?: (props: Props, host: string) => Addition;
  /** The remedy for a failure of this kind; empty if there is none. */
  readonly hint?: (props: Props) => string;
  /** What may be wrong if differences are left after a change. */
  readonly unsettled?: string;
  /**
   * The parts of the properties by the differences that come from them. If there is a secret in a task, its differences
   * are hidden, but for those of parts without one. By default a difference comes from the property of its name.
   */
  readonly parts?: (props: Props) => Readonly<Record<string, unknown>>;
}

/** A kind of work without a desired state: a restart, a reload. Always a change; it belongs in a handler. */
export interface Action<Props> {
  /** Names the action in messages: "restart". */
  readonly kind: string;
  /** What each property may be, as in a resource. */
  readonly props?: NoInfer<Rules<Props>>;
  /** The subject as its user names it. */
  readonly label: (props: Props) => string;
  /** The steps of the action. */
  readonly steps: (props: Props) => readonly Step[];
  /** A change of this resource after the notification makes the action needless: a just started service, a restart. */
  readonly settledBy?: (props: Props) => {
    readonly kind: string;
    readonly label: string;
    /** Only if this difference was among the changes. */
    readonly what?: string;
  };
}
