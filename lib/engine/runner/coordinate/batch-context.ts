import { allTasks, turnsIn, usualTasks, type Planned } from "../plan/plan.ts";
import { Barriers } from "./barriers.ts";
import { RollingQueue } from "./rolling-queue.ts";
import { RunOnce } from "./run-once.ts";

/** What the hosts of a batch share during their host plays. */
export interface BatchContext {
  readonly rolling: RollingQueue;
  readonly once: Pick<RunOnce, "turn" | "done">;
  /** Resolves when every other host that has this barrier, or this block in turn, has passed it, or never will. */
  readonly arrive: (barrier: string, host: string) => Promise<void>;
  /** Releases the hosts that wait for this host at a task it skips, or at a block in turn. */
  readonly pass: (task: string, host: string) => void;
  /** Releases the hosts that wait for this host anywhere. */
  readonly leave: (host: string) => void;
  /** Whether the play has ended for all hosts. */
  readonly isOver: () => boolean;
  readonly end: () => void;
}

/** `whileWaiting` runs a wait for other hosts, during which this host takes none of the run's forks. */
export function batchContext(
  plans: ReadonlyMap<string, readonly Planned[]>,
  whileWaiting: <T>(wait: () => Promise<T>) => Promise<T>,
): BatchContext {
  const barriers = new Barriers(meetingHosts(plans));
  const once = new RunOnce(barriers);
  let over = false;
  return {
    rolling: new RollingQueue(plans.size),
    once: {
      turn: (task, host) => whileWaiting(() => once.turn(task, host)),
      done: (task, shared) => once.done(task, shared),
    },
    arrive: async (barrier, host) => {
      barriers.pass(barrier, host);
      await whileWaiting(() => barriers.until(() => barriers.coming(barrier).size === 0));
    },
    pass: (task, host) => barriers.pass(task, host),
    leave: (host) => barriers.ended(host),
    isOver: () => over,
    end: () => (over = true),
  };
}

/**
 * The tasks, and the blocks in turn, at which hosts wait for each other. A barrier in a rescue holds up nobody, because
 * healthy hosts do not reach it.
 */
export function meetingsIn(tasks: readonly Planned[]): { readonly id: string }[] {
  const barriers = usualTasks(tasks).filter(({ task: { does } }) => "meta" in does && does.meta === "barrier");
  const doneOnce = allTasks(tasks).filter(({ task }) => task.once);
  return [...barriers, ...doneOnce, ...turnsIn(tasks)];
}

/** The hosts of each of them. */
function meetingHosts(plans: ReadonlyMap<string, readonly Planned[]>): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const [name, tasks] of plans)
    for (const { id } of meetingsIn(tasks)) hosts.set(id, [...(hosts.get(id) ?? []), name]);
  return hosts;
}
