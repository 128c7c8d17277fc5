import type { Playbook } from "../dsl/index.ts";
import type { Target } from "../connection/types.ts";
import type { Addition, LoadedInventory } from "../inventory/types.ts";
import type { LockOptions } from "./coordinate/locks.ts";
import type { Emit } from "./events/events.ts";
import type { ComingChange } from "./execute/approval.ts";
import type { Answer } from "./execute/step-prompt.ts";
import type { HostAnswered } from "./execute/task-targets.ts";
import type { Journal } from "./handlers/journal.ts";
import type { RunOptions } from "./plan/options.ts";
import type { Variables } from "./plan/variables.ts";
import type { Connect } from "./state/live-hosts.ts";

export interface RunInput {
  readonly id: string;
  readonly playbookName: string;
  readonly playbook: Playbook;
  readonly inventory: LoadedInventory;
  readonly variables: Variables;
  readonly options: RunOptions;
  readonly connect: Connect;
  readonly journal: Journal;
  readonly emit: Emit;
  /** True once the run must end after the current steps. */
  readonly stopping?: () => boolean;
  /** Aborted once the running steps must be ended too. `connect` ends those on hosts. */
  readonly cutOff?: AbortSignal | undefined;
  /** Lock settings; omit for no locking. */
  readonly locks?: LockOptions;
  /** The reason not to touch a reachable host. */
  readonly refuses?: (host: string) => string | undefined;
  /** Runs before each change, and in a check before each predicted one. Rejects if the change is not allowed. */
  readonly beforeChange?: (host: string, play: string, change: ComingChange) => Promise<void>;
  /** Called with each answer of a host. */
  readonly answered?: HostAnswered;
  /** Called with the addresses of a host that only its facts tell (node_interface), and with those of an added host. */
  readonly located?: (target: Target, addresses: readonly string[]) => void;
  /** Called before a task of the host `by` adds to the inventory. Throws TaskError if that is not allowed. */
  readonly beforeAddition?: (addition: Addition, by: string) => void;
  /** Asks a person whether to run a task (--step). */
  readonly ask?: (task: string) => Promise<Answer>;
}
