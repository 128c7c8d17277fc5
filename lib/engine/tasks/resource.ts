import type { Content, Result, Upload, Writer } from "../connection/types.ts";
import type { Query } from "../queries/define.ts";

/**
 * One thing that is not as wanted. `before` and `after` are shown by --diff unless `secret`.
 * `before` may be a query, such as content(path): it is asked only where it will be shown.
 */
export interface Difference {
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly secret?: boolean;
  /** It was compared with nothing and is there each time: it tells nothing of the host. */
  readonly always?: boolean;
}

/** The differences among pairs of [is, shall]; a pair whose second is undefined is not managed. */
export const differences = (pairs: Readonly<Record<string, readonly [unknown, unknown]>>): Difference[] =>
  Object.entries(pairs)
    .filter(([, [is, shall]]) => shall !== undefined && is !== shall)
    .map(([what, [before, after]]) => ({ what, before, after }));

/** How a command ended, in words. */
export function ended({ stdout, stderr, code }: Result): string {
  const said = lastLines(stderr, 20) || lastLines(stdout, 20) || "it printed nothing";
  return `exit code ${String(code)}: ${said}`;
}

/** The end of an output, for an error. */
export const lastLines = (text: string, count = 5): string => text.trim().split("\n").slice(-count).join("\n");

/** Says how far a long step has come, in one line. */
export type Progress = (line: string) => void;

/** A shell command on the host. */
export interface ShellStep {
  readonly sh: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout?: number;
  /** Any exit code is a result. */
  readonly mayFail?: boolean;
}
/** A file for the host; content that is secret or made late is a function. */
export interface UploadStep extends Omit<Upload, "content"> {
  readonly upload: Content | (() => Promise<Content>);
}
/** The run that a step is part of. */
export interface RunSurroundings {
  /** Shows a message of any length at once. */
  readonly notice: (message: string) => void;
  /** Aborted when the run ends, however it ends: work that goes on after its step ends then. */
  readonly ended: AbortSignal;
}
/** For steps that are taken outside of a run. */
export const noRun: RunSurroundings = { notice: () => undefined, ended: new AbortController().signal };
/** Work on the controller: issuing a certificate, a call to the Kubernetes API. */
export interface ControllerStep {
  /** What only waits looks whether the run is stopping, and ends with an error then. */
  readonly onController: (progress: Progress, stopping: () => boolean, run: RunSurroundings) => Promise<void>;
}
export interface Surroundings {
  readonly progress: Progress;
  /** The play's and the task's, for shell commands. */
  readonly environment?: Readonly<Record<string, string>>;
}
/** Work that needs the connection itself, such as one that ends with it. */
export interface ConnectionStep {
  /** What it gives counts as what a shell command answered. */
  readonly overConnection: (writer: Writer, surroundings: Surroundings) => Promise<Result | undefined>;
  readonly endsConnection?: boolean;
}
export type Step = string | ShellStep | UploadStep | ControllerStep | ConnectionStep;

export const isOnController = (step: Step): boolean => typeof step === "object" && "onController" in step;

/** What is known of a state beforehand; "unknown" is known after apply. */
export const unknown = Symbol("known after apply");
export type Unknown = typeof unknown;
export type Forecast<State> = { readonly [K in keyof State]?: State[K] | Unknown };
export type Needs<State> = { readonly [K in keyof State]: Query<State[K]> };

/**
 * What a change does to answers beside those of the resource's own needs. All that is named is asked anew; check mode
 * goes on with the states, and where none is given with what the host answers.
 */
export type Effect<State = unknown> =
  | { readonly query: Query<State>; readonly state: State | Unknown }
  /** All paths in a folder, however deep. */
  | { readonly below: string; readonly state?: "gone" | Unknown }
  /** All answers to one kind of query. */
  | { readonly kind: string }
  /** All that is known of the host. */
  | "everything";
export const effect = <State>(query: Query<State>, state: State | Unknown): Effect => ({ query, state });

export interface Resource<Props, State extends object, After extends Forecast<State>, Out> {
  readonly kind: string;
  /** The subject in the words of its user: a path, a unit's name. */
  readonly label: (props: Props) => string;
  /** What a change names, where it has many subjects: those that changed. Its label where absent. */
  readonly labelOfChange?: (differences: readonly Difference[], props: Props) => string;
  /** The same properties with files named from the role's folder (templates/x.hbs, files/x) as absolute paths; called once. */
  readonly locate?: (props: Props, roleFolder: string) => Props;
  /**
   * What must be known before it can be compared. Reads nothing by itself.
   * A resource that needs nothing has nothing to compare with: always a change, and not looked at again.
   */
  readonly needs: (props: Props) => Needs<State>;
  /** Pure. Empty means ok. */
  readonly diff: (now: State, props: Props) => readonly Difference[];
  /** Steps that remove the differences. Called with a non-empty list only. */
  readonly apply: (differences: readonly Difference[], now: State, props: Props) => readonly Step[];
  /** The states of its needs afterwards: what check mode goes on with. */
  readonly forecast: (now: State, props: Props) => After;
  /** What else the change touches. What is left out here is believed to be as it was: rather name too much. */
  readonly effects?: (props: Props, found: readonly Difference[]) => readonly Effect[];
  /**
   * Several of this kind that follow each other may go out together, though each touches more than it names: they are of
   * different subjects, and done twice they are as if done once. Gives the steps that come once, after the last of them.
   */
  readonly together?: (differences: readonly Difference[], now: State, props: Props) => readonly string[];
  /** What a person should know though nothing has to be changed: a CA near its end. Shown as a notice. */
  readonly warnings?: (now: State, props: Props) => readonly string[];
  /** A value for later tasks, from the state after the change, and from what its shell steps said where there was one. */
  readonly output?: (now: State, props: Props, results: readonly Result[]) => Out;
  /** What its shell steps amounted to. Throws TaskError where they failed. Its steps may exit with any code. */
  readonly judge?: (results: readonly Result[], props: Props) => "changed" | "ok";
  /** It only reads. Where check mode cannot read yet, for what it reads is still to be made, its output is not known. */
  readonly reads?: boolean;
  /** Its apply only waits: never counted as a change. */
  readonly waits?: boolean;
  /** An error's second half: what a person may do about a failure of this kind. */
  readonly hint?: (props: Props) => string;
}

/** What is done rather than kept so: a restart, a reload. Always a change; its place is in a handler. */
export interface Action<Props> {
  readonly kind: string;
  readonly label: (props: Props) => string;
  readonly steps: (props: Props) => readonly Step[];
  /** A change of this resource after the notification makes the action needless: a service just started needs no restart. */
  readonly settledBy?: (props: Props) => {
    readonly kind: string;
    readonly label: string;
    /** Only if this difference was among the changes. */
    readonly what?: string;
  };
}
