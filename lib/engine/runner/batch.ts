import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { Play } from "../dsl/index.ts";
import type { Facts } from "../facts/types.ts";
import type { Host } from "../inventory/types.ts";
import type { Emit, TaskName } from "./events/events.ts";
import { askedForAddress, withAddresses } from "./plan/addresses.ts";
import { isUnreachable, type Hosts, type LiveHost } from "./state/live-hosts.ts";
import { contextOf } from "./plan/play-hosts.ts";
import { Barriers } from "./coordinate/barriers.ts";
import { keyOf, mergeOrder } from "./events/merge-order.ts";
import { RunOnce } from "./coordinate/run-once.ts";
import type { Registered } from "./state/outputs.ts";
import { asUser, type TaskTargets } from "./execute/task-targets.ts";
import { allTasks, taskNameOf, plan, usualTasks, type Planned } from "./plan/plan.ts";
import { reasonOf } from "./events/reason.ts";
import type { RunInput } from "./run-input.ts";
import { isNamed, startingAt } from "./plan/start-at.ts";
import type { StepPrompt } from "./execute/step-prompt.ts";
import type { Throttles } from "./coordinate/throttles.ts";
import { RollingQueue } from "./coordinate/rolling-queue.ts";
import { HostPlay, type BatchContext, type HostPlayOptions } from "./host-play.ts";
import type { HostPlayEnd } from "./play-end.ts";

/** What lasts as long as the run. */
export interface RunContext {
  readonly input: RunInput;
  readonly emit: Emit;
  readonly hosts: Hosts;
  readonly targets: TaskTargets;
  readonly facts: Map<string, Facts>;
  readonly registered: Registered;
  readonly throttles: Throttles;
  readonly stepPrompt?: StepPrompt;
  /** Hosts that failed or were lost: no later play has them. */
  readonly gone: Set<string>;
  readonly unreachable: Set<string>;
  /** Hosts that had no part in a play and did not answer when they were asked for their address: they are not asked again. */
  readonly silent: Set<string>;
  /** Aborted when the run ends: what goes on in the background ends then. */
  readonly ended: AbortSignal;
  /** Whether the task that --start-at-task names has been met. */
  begun: boolean;
}

/** Some hosts that go through one play together. */
export class Batch {
  readonly #play: Play;
  readonly #hosts: readonly Host[];
  readonly #run: RunContext;
  readonly #live = new Map<Host, LiveHost>();
  readonly #plans = new Map<Host, Planned[]>();
  #failed = 0;
  #over = false;

  constructor(play: Play, hosts: readonly Host[], run: RunContext) {
    this.#play = play;
    this.#hosts = hosts;
    this.#run = run;
  }

  /** Whether a host has ended the play for everybody, the batches that follow included. */
  get over(): boolean {
    return this.#over;
  }

  /** False where the run shall not go on. */
  async play(): Promise<boolean> {
    const { input, gone, unreachable } = this.#run;
    await Promise.all(this.#hosts.map((host) => this.#reach(host)));
    await this.#askForAddresses();
    this.#planAll();
    if (this.#isFatal()) return false;
    this.#announce();
    const ends = await this.#walkAll();
    if (this.#isFatal() || (this.#play.anyErrorsFatal && ends.includes("failed"))) return false;
    // Where a whole batch is lost by failures, all that builds on it is lost too; hosts that are not there are no reason.
    const failed = this.#hosts.filter(({ name }) => gone.has(name) && !unreachable.has(name));
    if (failed.length > 0 && this.#hosts.every(({ name }) => gone.has(name))) return false;
    return !input.stopping?.();
  }

  async #reach(host: Host): Promise<void> {
    const { input, hosts, facts, gone } = this.#run;
    const giveUp = Date.now() + (this.#play.waitForConnection ?? 0) * 1000;
    for (;;)
      try {
        const target = asUser(input.inventory.target(host.name), undefined, this.#play.become ?? false);
        const live = await hosts.reach(target);
        const refusal = input.refuses?.(host.name);
        if (refusal !== undefined) {
          gone.add(host.name);
          this.#failedToStart(host, "Comparing with the plan", refusal);
          return;
        }
        this.#live.set(host, live);
        facts.set(host.name, live.facts);
        return;
      } catch (error) {
        if (isUnreachable(error) && Date.now() < giveUp && !input.stopping?.()) {
          await sleep(2000);
          continue;
        }
        this.#notReached(host, error);
        return;
      }
  }

  /** Also of hosts that have no part in the play, since others are told where to find them. */
  async #askForAddresses(): Promise<void> {
    const { input, hosts, facts, gone, silent } = this.#run;
    const asked = askedForAddress(input.inventory).filter(
      ({ name }) => !facts.has(name) && !gone.has(name) && !silent.has(name),
    );
    await Promise.all(
      asked.map(async ({ name }) => {
        const live = await hosts.reach(input.inventory.target(name)).catch(() => undefined);
        if (live) facts.set(name, live.facts);
        else silent.add(name);
      }),
    );
  }

  #notReached(host: Host, error: unknown): void {
    const { gone, unreachable, emit } = this.#run;
    gone.add(host.name);
    if (!isUnreachable(error)) {
      this.#failedToStart(host, "Gathering Facts", reasonOf(error));
      return;
    }
    unreachable.add(host.name);
    const transient = !error.final;
    emit({ type: "unreachable", play: this.#play.name, host: host.name, message: error.message, transient });
  }

  #planAll(): void {
    const { input, facts, gone } = this.#run;
    const { variables, options } = input;
    const factsOf = ({ name }: Host): Facts | undefined => facts.get(name);
    const inventory = withAddresses(input.inventory, factsOf);
    for (const host of this.#hosts) {
      const own = this.#live.get(host)?.facts;
      if (!own) continue;
      try {
        const context = contextOf(variables, inventory, inventory.host(host.name), own, factsOf);
        this.#plans.set(host, plan(this.#play, context, options));
      } catch (error) {
        gone.add(host.name);
        this.#failedToStart(host, "Planning Tasks", reasonOf(error));
      }
    }
    const { startAtTask } = options;
    if (startAtTask === undefined || this.#run.begun) return;
    for (const [host, tasks] of this.#plans) {
      const left = startingAt(tasks, isNamed(startAtTask));
      this.#plans.set(host, left);
      if (left.length > 0) this.#run.begun = true;
    }
  }

  #failedToStart(host: Host, task: string, message: string): void {
    this.#failed += 1;
    this.#tellFailed(host, task, message);
  }

  #tellFailed(host: Host, task: string, message: string): void {
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

  /** As Ansible counts: more than the percentage, not just as many. */
  #isFatal(): boolean {
    const { anyErrorsFatal, maxFailPercentage } = this.#play;
    if (anyErrorsFatal && this.#failed > 0) return true;
    return maxFailPercentage !== undefined && (this.#failed / this.#hosts.length) * 100 > maxFailPercentage;
  }

  #announce(): void {
    const names = new Map<string, TaskName[]>();
    for (const [host, tasks] of this.#plans) {
      // What is done once is shown when the first host has done it; what only a failure brings, when it comes.
      const shown = usualTasks(tasks).filter(({ task }) => !("meta" in task.does) && !(task.once && names.size > 0));
      names.set(host.name, shown.map(taskNameOf));
    }
    const tasks = mergeOrder([...names.values()]);
    const place = new Map(tasks.map((name, index) => [keyOf(name), index]));
    const hosts = Object.fromEntries(
      [...names].map(([host, own]) => [host, own.map((name) => place.get(keyOf(name)) ?? -1)]),
    );
    this.#run.emit({ type: "tasks", play: this.#play.name, tasks, hosts });
  }

  #walkAll(): Promise<HostPlayEnd[]> {
    const { input } = this.#run;
    const limit = pLimit(input.options.forks);
    // Who waits for others takes nobody's place.
    const aside = async <T>(waiting: () => Promise<T>): Promise<T> => {
      limit.concurrency += 1;
      try {
        return await waiting();
      } finally {
        limit.concurrency -= 1;
      }
    };
    const barriers = new Barriers(hostsThatMeet(this.#plans));
    const once = new RunOnce(barriers);
    const batch: BatchContext = {
      turns: new RollingQueue(),
      once: {
        turn: (task, host) => aside(() => once.turn(task, host)),
        done: (task, shared) => once.done(task, shared),
      },
      arrive: async (barrier, host) => {
        barriers.pass(barrier, host);
        await aside(() => barriers.until(() => barriers.coming(barrier).size === 0));
      },
      pass: (task, host) => barriers.pass(task, host),
      isOver: () => this.#over,
      end: () => (this.#over = true),
    };
    const interrupted = () => input.stopping?.() ?? false;
    const stopping = () => this.#isFatal() || interrupted();
    return Promise.all(
      [...this.#plans].map(([host, tasks]) =>
        limit(async () => {
          const end = await this.#walk(host, tasks, batch, { stopping, interrupted });
          if (end === "failed") this.#failed += 1;
          barriers.ended(host.name);
          return end;
        }),
      ),
    );
  }

  async #walk(
    host: Host,
    tasks: readonly Planned[],
    batch: BatchContext,
    ends: Pick<HostPlayOptions, "stopping" | "interrupted">,
  ): Promise<HostPlayEnd> {
    const { input, targets, registered, throttles, stepPrompt, emit, gone, unreachable, ended } = this.#run;
    const { journal, options, allows } = input;
    const live = this.#live.get(host);
    if (!live) return "unreachable";
    const play = this.#play;
    const walk = new HostPlay({
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
      ...(allows && { approve: (change) => allows(host.name, play.name, change) }),
      diff: options.diff,
      forceHandlers: play.forceHandlers ?? options.forceHandlers ?? false,
      ...(play.environment && { environment: play.environment }),
      ...(stepPrompt && { confirm: (planned) => stepPrompt.confirm(play.name, planned) }),
      owed: journal.pending(host.name),
      remember: (pending) => journal.keep(host.name, pending),
    });
    const end = await walk.run().catch((error: unknown): HostPlayEnd => {
      // What nobody foresaw ends one host, not the run.
      this.#tellFailed(host, "Playing", reasonOf(error));
      return "failed";
    });
    if (end === "failed" || end === "unreachable") gone.add(host.name);
    if (end === "unreachable") unreachable.add(host.name);
    return end;
  }
}

/** Where hosts have to do with each other. A barrier in a rescue is nobody's: who is well does not come there. */
function hostsThatMeet(plans: ReadonlyMap<Host, readonly Planned[]>): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const [{ name }, tasks] of plans) {
    const barriers = usualTasks(tasks).filter(({ task: { does } }) => "meta" in does && does.meta === "barrier");
    const doneOnce = allTasks(tasks).filter(({ task }) => task.once);
    for (const { id } of [...barriers, ...doneOnce]) hosts.set(id, [...(hosts.get(id) ?? []), name]);
  }
  return hosts;
}
