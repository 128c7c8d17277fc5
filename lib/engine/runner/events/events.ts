/** How a task ended on a host. A wait or an already kept state is "ok". */
export type Outcome = "ok" | "changed" | "skipped" | "failed" | "unreachable";

/** A difference as it may be shown: secrets are masked before it becomes an event. */
export interface ShownDifference {
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly always?: boolean;
}

/** A task's place in its play, the same on every host that has it. */
export interface TaskName {
  readonly role: string;
  readonly task: string;
  readonly handler: boolean;
}

export interface TaskResult extends TaskName {
  readonly type: "task";
  readonly play: string;
  readonly host: string;
  /** Tells the task from others of its name in the same play. */
  readonly id: string;
  /** The resource's kind and what it is about: "file", "/etc/hosts". */
  readonly kind: string;
  readonly label: string;
  readonly outcome: Outcome;
  readonly differences: readonly ShownDifference[];
  readonly message?: string;
  /** It failed by something that may pass by itself. */
  readonly transient?: boolean;
  /** It failed, and the host goes on. */
  readonly ignored?: boolean;
  /** The host that it was done on, where that is another. */
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
  /** The tasks in the order of the play, and which of them each host has: known once facts are. */
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
      /** It failed and is tried again. */
      readonly retried?: boolean;
      readonly seconds: number;
    }
  /** What failed in a block was answered by its rescue: the failure before counts as rescued. */
  | {
      readonly type: "rescued";
      readonly play: string;
      readonly host: string;
      readonly block: string;
      /** So many failures were answered. */
      readonly failures: number;
    }
  | {
      readonly type: "unreachable";
      readonly play: string;
      readonly host: string;
      readonly message: string;
      /** It may be reached at another time, without anybody changing anything. */
      readonly transient?: boolean;
    }
  | { readonly type: "notice"; readonly message: string }
  | { readonly type: "play ended"; readonly play: string; readonly seconds: number }
  | {
      readonly type: "run ended";
      readonly recap: Readonly<Record<string, HostRecap>>;
      readonly code: number;
      readonly seconds: number;
    };

export type Emit = (event: RunEvent) => void;
