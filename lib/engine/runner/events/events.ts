import type { ShownStep } from "./shown-step.ts";

/** How a task ended on a host. A wait, or a state that was already as desired, is "ok". */
export type Outcome = "ok" | "changed" | "skipped" | "failed" | "unreachable";

/** The state before a change that nobody asked for, as it is only shown with --diff. */
export const notAsked = "(not asked)";

/** A difference that can be shown: its secrets are masked. */
export interface ShownDifference {
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly always?: boolean;
}

/** Identifies a task in its play, the same on every host that has it. */
export interface TaskName {
  readonly role: string;
  readonly task: string;
  readonly handler: boolean;
}

export interface TaskResult extends TaskName {
  readonly type: "task";
  readonly play: string;
  readonly host: string;
  /** Distinguishes tasks of the same name in one play. */
  readonly id: string;
  /** The kind of the resource and its subject: "file", "/etc/hosts". */
  readonly kind: string;
  readonly label: string;
  readonly outcome: Outcome;
  readonly differences: readonly ShownDifference[];
  readonly message?: string;
  /** Whether the cause of the failure can pass by itself. */
  readonly transient?: boolean;
  /** The task failed, and the host continues. */
  readonly ignored?: boolean;
  /** Its steps, as far as -v asks for them; and those of a failure that printed more than the message has. */
  readonly steps?: readonly ShownStep[];
  /** The host that ran the task, if it is another one. */
  readonly delegatedTo?: string;
  readonly seconds: number;
}

export interface HostRecap {
  ok: number;
  changed: number;
  unreachable: number;
  failed: number;
  skipped: number;
  rescued: number;
  ignored: number;
}

export type RunEvent =
  | { readonly type: "run started"; readonly id: string; readonly playbook: string; readonly check: boolean }
  | { readonly type: "play started"; readonly play: string; readonly hosts: readonly string[] }
  /** The tasks in the order of the play, and the indexes of those that each host has; known once facts are. */
  | {
      readonly type: "tasks";
      readonly play: string;
      readonly tasks: readonly TaskName[];
      readonly hosts: Readonly<Record<string, readonly number[]>>;
    }
  | TaskResult
  | {
      readonly type: "progress";
      readonly play: string;
      readonly host: string;
      readonly role: string;
      readonly task: string;
      readonly line: string;
      /** The task failed and is tried again. */
      readonly retried?: boolean;
      readonly seconds: number;
    }
  /** Only with -vv: what a host was asked in one command. The keys only with -vvv, and none of commands. */
  | {
      readonly type: "asked";
      readonly host: string;
      readonly questions: readonly {
        readonly kind: string;
        readonly count: number;
        readonly keys?: readonly string[];
      }[];
      readonly seconds: number;
    }
  /** A block's rescue runs: the failures in the block count as rescued. */
  | {
      readonly type: "rescued";
      readonly play: string;
      readonly host: string;
      readonly block: string;
      /** The number of rescued failures. */
      readonly failures: number;
    }
  | {
      readonly type: "unreachable";
      readonly play: string;
      readonly host: string;
      readonly message: string;
      /** Whether the host may be reachable later without a change. */
      readonly transient?: boolean;
    }
  | { readonly type: "notice"; readonly message: string }
  | { readonly type: "play ended"; readonly play: string; readonly seconds: number }
  | {
      readonly type: "run ended";
      readonly recap: Readonly<Record<string, HostRecap>>;
      readonly code: number;
      /** The hosts that still have tasks or handlers to run, if the run ended early. */
      readonly unfinished?: readonly string[];
      readonly seconds: number;
    };

export type Emit = (event: RunEvent) => void;
