import type { Playbook } from "../dsl/index.ts";
import type { LoadedInventory } from "../inventory/types.ts";
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
  /** True once the run shall end after the running steps. */
  readonly stopping?: () => boolean;
  /** How a real run keeps others away from the hosts that it changes; it does not where absent. */
  readonly locks?: LockOptions;
  /** Why a host must not be played on, though it is reached. */
  readonly refuses?: (host: string) => string | undefined;
  /** Comes before each change of a real run, and rejects where it must not be. */
  readonly allows?: (host: string, play: string, change: ComingChange) => Promise<void>;
  /** Is told what each host answered. */
  readonly answered?: HostAnswered;
  /** Asks a person whether a task shall be done, with --step. */
  readonly ask?: (task: string) => Promise<Answer>;
}
