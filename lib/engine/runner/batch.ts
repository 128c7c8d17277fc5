import pLimit from "p-limit";
import { counted } from "../counted.ts";
import { unlessInterrupted } from "../connection/interruption.ts";
import type { Play } from "../dsl/play.ts";
import { InterruptedError } from "../errors.ts";
import type { Facts } from "../facts/types.ts";
import type { Host } from "../inventory/types.ts";
import { batchContext, type BatchContext } from "./coordinate/batch-context.ts";
import { reasonOf } from "./events/reason.ts";
import { FailureLimit } from "./failure-limit.ts";
import type { HostPlayEnd } from "./host-play-end.ts";
import { HostPlay, type HostPlayOptions } from "./host-play.ts";
import { withAddresses } from "./plan/addresses.ts";
import { plan, type Planned } from "./plan/plan.ts";
import { contextOf } from "./plan/play-hosts.ts";
import { isNamed, startingAt } from "./plan/start-at.ts";
import { taskList } from "./plan/task-list.ts";
import { askForAddresses, reachHosts } from "./reach-hosts.ts";
import type { RunContext } from "./run-context.ts";
import type { LiveHost } from "./state/live-hosts.ts";

/** Whether the run goes on after a batch: "play ended" leaves out the batches that follow, "run ended" the plays too. */
export type AfterBatch = "go on" | "play ended" | "run ended";

/** Some hosts that go through one play together. */
export class Batch {
  readonly #play: Play;
  readonly #hosts: readonly Host[];
  readonly #run: RunContext;
  readonly #limit: FailureLimit;
  #live: ReadonlyMap<Host, LiveHost> = new Map();

  constructor(play: Play, hosts: readonly Host[], run: RunContext) {
    this.#play = play;
    this.#hosts = hosts;
    this.#run = run;
    this.#limit = new FailureLimit(play, hosts.length);
  }

  async play(): Promise<AfterBatch> {
    const { emit, stopping } = this.#run;
    const notStarted = (host: Host, task: string, message: string) => this.#notStarted(host, task, message);
    this.#live = await reachHosts(this.#play, this.#hosts, this.#run, notStarted);
    if (!stopping()) await askForAddresses(this.#run);
    const plans = this.#fromStart(this.#planAll());
    if (this.#limit.isExceeded()) return "run ended";
    this.#run.targets.startBatch([...this.#live].map(([{ name }, live]) => [name, live]));
    emit({ type: "tasks", play: this.#play.name, ...taskList(byName(plans)) });
    const { ends, over } = await this.#playAll(plans);
    if (this.#limit.isExceeded() || (this.#play.anyErrorsFatal && ends.includes("failed"))) return "run ended";
    if (this.#allFailed() || stopping()) return "run ended";
    return over ? "play ended" : "go on";
  }

  /** Why failures end the run; undefined if they do not. */
  stoppedBecause(): string | undefined {
    return (
      this.#limit.reason() ?? (this.#allFailed() ? `all of ${counted(this.#hosts.length, "host")} failed` : undefined)
    );
  }

  /** If failures lose a whole batch, everything that builds on it is lost too. Hosts that are not there are no reason. */
  #allFailed(): boolean {
    const { gone, unreachable } = this.#run;
    const failed = this.#hosts.filter(({ name }) => gone.has(name) && !unreachable.has(name));
    return failed.length > 0 && this.#hosts.every(({ name }) => gone.has(name));
  }

  #planAll(): Map<Host, readonly Planned[]> {
    const { input, facts, gone } = this.#run;
    const { variables, options } = input;
    const factsOf = ({ name }: Host): Facts | undefined => facts.get(name);
    const inventory = withAddresses(input.inventory, factsOf);
    const plans = new Map<Host, readonly Planned[]>();
    for (const host of this.#hosts) {
      const own = this.#live.get(host)?.facts;
      if (!own) continue;
      try {
        const context = contextOf(variables, inventory, inventory.host(host.name), own, factsOf);
        plans.set(host, plan(this.#play, context, options));
      } catch (error) {
        gone.add(host.name);
        this.#notStarted(host, "Planning Tasks", reasonOf(error));
      }
    }
    return plans;
  }

  /** Without the tasks before that of --start-at-task, until it has been reached. */
  #fromStart(plans: ReadonlyMap<Host, readonly Planned[]>): ReadonlyMap<Host, readonly Planned[]> {
    const { startAtTask } = this.#run.input.options;
    if (startAtTask === undefined || this.#run.begun) return plans;
    const left = new Map([...plans].map(([host, tasks]) => [host, startingAt(tasks, isNamed(startAtTask))]));
    this.#run.begun = [...left.values()].some((tasks) => tasks.length > 0);
    return left;
  }

  #notStarted(host: Host, task: string, message: string): void {
    this.#limit.count();
    this.#reportFailed(host, task, message);
  }

  #reportFailed(host: Host, task: string, message: string): void {
    this.#run.emit({
      type: "task",
      play: this.#play.name,
      host: host.name,
      role: "",
      id: "",
      task,
      handler: false,
      kind: "facts",
      label: host.name,
      outcome: "failed",
      differences: [],
      message,
      seconds: 0,
    });
  }

  async #playAll(
    plans: ReadonlyMap<Host, readonly Planned[]>,
  ): Promise<{ readonly ends: readonly HostPlayEnd[]; readonly over: boolean }> {
    const { input, stopping: interrupted } = this.#run;
    const forks = pLimit(input.options.forks);
    // A host that waits for others uses no fork.
    const batch = batchContext(byName(plans), async (wait) => {
      forks.concurrency += 1;
      try {
        return await wait();
      } finally {
        forks.concurrency -= 1;
      }
    });
    const stopping = () => this.#limit.isExceeded() || interrupted();
    const ends = await Promise.all(
      [...plans].map(([host, tasks]) =>
        forks(async () => {
          const end = await this.#playOn(host, tasks, batch, { stopping, interrupted });
          if (end === "failed") this.#limit.count();
          batch.leave(host.name);
          return end;
        }),
      ),
    );
    return { ends, over: batch.isOver() };
  }

  async #playOn(
    host: Host,
    tasks: readonly Planned[],
    batch: BatchContext,
    ends: Pick<HostPlayOptions, "stopping" | "interrupted">,
  ): Promise<HostPlayEnd> {
    const { input, targets, registered, hostJournals, throttles, stepPrompt, emit, gone, unreachable } = this.#run;
    const { ended, abandoned } = this.#run;
    const { journal, options, beforeChange } = input;
    const live = this.#live.get(host);
    if (!live) return "unreachable";
    const play = this.#play;
    const hostPlay = new HostPlay({
      play: play.name,
      host: host.name,
      emit,
      tasks,
      batch,
      ...ends,
      ended,
      own: targets.of(host.name, live),
      elsewhere: targets.elsewhere(host.name, play.become ?? false),
      registered,
      throttles,
      grow: (addition) => this.#run.grow(addition, host.name),
      ...(beforeChange && { approve: (change) => beforeChange(host.name, play.name, change) }),
      diff: options.diff,
      verbose: options.verbose,
      forceHandlers: play.forceHandlers ?? options.forceHandlers ?? false,
      ...(play.environment && { environment: play.environment }),
      timeout: play.timeout,
      ...(stepPrompt && { confirm: (planned) => stepPrompt.confirm(play.name, planned) }),
      owed: journal.pending(host.name),
      remember: (pending) => {
        const owed = journal.keep(host.name, pending);
        hostJournals?.of(host.name, live).keep(owed);
      },
    });
    this.#run.played.set(host.name, hostPlay);
    const end = await unlessInterrupted(() => hostPlay.run(), abandoned).catch((error: unknown): HostPlayEnd => {
      if (error instanceof InterruptedError) return "stopped";
      // An unexpected error ends one host, not the run.
      this.#reportFailed(host, "Playing", reasonOf(error));
      return "failed";
    });
    if (end === "failed" || end === "unreachable") gone.add(host.name);
    if (end === "unreachable") unreachable.add(host.name);
    return end;
  }
}

const byName = <T>(plans: ReadonlyMap<Host, T>): Map<string, T> =>
  new Map([...plans].map(([{ name }, tasks]) => [name, tasks]));
