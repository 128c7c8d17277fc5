import type { Facts } from "../facts/types.ts";
import type { Addition } from "../inventory/types.ts";
import type { Throttles } from "./coordinate/throttles.ts";
import type { HostJournals } from "./handlers/host-journals.ts";
import type { Emit } from "./events/events.ts";
import type { StepPrompt } from "./execute/step-prompt.ts";
import type { TaskTargets } from "./execute/task-targets.ts";
import type { HostPlay } from "./host-play.ts";
import type { RunInput } from "./run-input.ts";
import type { LiveHosts } from "./state/live-hosts.ts";
import type { Registered } from "./state/outputs.ts";

/** What lasts as long as the run. */
export interface RunContext {
  readonly input: RunInput;
  readonly emit: Emit;
  readonly hosts: LiveHosts;
  readonly targets: TaskTargets;
  readonly facts: Map<string, Facts>;
  readonly registered: Registered;
  /** Adds to the inventory what a task of this host adds. */
  readonly grow: (addition: Addition, by: string) => void;
  readonly throttles: Throttles;
  /** Absent in a check. */
  readonly hostJournals?: HostJournals;
  readonly stepPrompt?: StepPrompt;
  /** The last play of each host. */
  readonly played: Map<string, HostPlay>;
  /** Hosts that failed or were lost: later plays leave them out. */
  readonly gone: Set<string>;
  readonly unreachable: Set<string>;
  /** Hosts outside the play that did not answer when they were asked for their address: they are not asked again. */
  readonly silent: Set<string>;
  /** Whether the run begins no more steps. */
  readonly stopping: () => boolean;
  /** Aborted when the run ends, or running steps are ended, and with it all work in the background. */
  readonly ended: AbortSignal;
  /** Aborted some time after running steps were ended: the run no longer waits for the rest. */
  readonly abandoned: AbortSignal;
  /** Whether the task of --start-at-task has been reached. */
  begun: boolean;
}
