import type { Query } from "../queries/define.ts";
import type { Meta, Task } from "../tasks/task.ts";
import type { Outcome } from "./events/events.ts";
import { HandlerRunner } from "./handler-runner.ts";
import { PipelinedTasks } from "./execute/pipelined-tasks.ts";
import { PendingHandlers } from "./handlers/pending-handlers.ts";
import type { RunOnce } from "./coordinate/run-once.ts";
import { Outputs, type Registered } from "./state/outputs.ts";
import { Pipeline } from "./execute/pipeline.ts";
import * as planning from "./plan/plan.ts";
import type { Planned, PlannedBlock, PlannedTask } from "./plan/plan.ts";
import { TaskProps } from "./execute/task-props.ts";
import { reasonOf } from "./events/reason.ts";
import { TaskRunner, type TaskRunnerOptions } from "./execute/task-runner.ts";
import { TaskReporter, type TaskReporterOptions } from "./execute/task-reporter.ts";
import type { RollingQueue } from "./coordinate/rolling-queue.ts";
import type { HostPlayEnd } from "./play-end.ts";

/** What the hosts of a batch share while they walk. */
export interface BatchContext {
  readonly turns: RollingQueue;
  readonly once: Pick<RunOnce, "turn" | "done">;
  /** Resolves when all others that have this barrier have come to it too, or never will. */
  readonly arrive: (barrier: string, host: string) => Promise<void>;
  /** A host will not come to this task any more: nobody shall wait for it there. */
  readonly pass: (task: string, host: string) => void;
  /** Whether the play has ended for everybody, and how to say so. */
  readonly isOver: () => boolean;
  readonly end: () => void;
}

export interface HostPlayOptions
  extends
    TaskReporterOptions,
    Pick<
      TaskRunnerOptions,
      "own" | "elsewhere" | "throttles" | "approve" | "environment" | "diff" | "stopping" | "ended"
    > {
  readonly tasks: readonly Planned[];
  readonly batch: BatchContext;
  readonly registered: Registered;
  /** The handlers owed from an earlier run. */
  readonly owed: ReadonlySet<string>;
  /** Is told which handlers are owed as soon as that changes: a killed run leaves the truth behind. */
  readonly remember: (pending: ReadonlySet<string>) => void;
  /** Handlers run also where a task failed. */
  readonly forceHandlers: boolean;
  /** Whether a person ends the run; `stopping` is also true where the failures of other hosts end it. */
  readonly interrupted: () => boolean;
  /** Asks a person, with --step. */
  readonly confirm?: (planned: PlannedTask) => Promise<boolean>;
}

/** "ended": the host, or everybody, has no more to do in this play. */
type Way = HostPlayEnd | "ended";

/** One host's way through one play: its tasks in order, then the handlers they notified. */
export class HostPlay {
  readonly #o: HostPlayOptions;
  readonly #outputs: Outputs;
  readonly #taskProps: TaskProps;
  readonly #pendingHandlers: PendingHandlers;
  readonly #reporter: TaskReporter;
  readonly #runner: TaskRunner;
  /** Undefined in check mode, where nothing is under way. */
  readonly #pipelined: PipelinedTasks | undefined;
  /** The tasks in order, and the place of each: what lies ahead is asked early. */
  readonly #usual: readonly PlannedTask[];
  readonly #places: ReadonlyMap<PlannedTask, number>;
  readonly #handlerRunner: HandlerRunner;
  /** What is done in any case, also where the failures of others have ended the run. */
  #leaving = false;

  constructor(options: HostPlayOptions) {
    this.#o = options;
    const { own, host, registered, owed, remember, tasks, environment } = options;
    this.#outputs = new Outputs(host, registered);
    this.#taskProps = new TaskProps(this.#outputs);
    this.#pendingHandlers = new PendingHandlers(owed, remember);
    this.#reporter = new TaskReporter(options);
    const tools = {
      outputs: this.#outputs,
      taskProps: this.#taskProps,
      pendingHandlers: this.#pendingHandlers,
      reporter: this.#reporter,
    };
    this.#runner = new TaskRunner({ ...options, ...tools });
    this.#handlerRunner = new HandlerRunner({
      ...tools,
      host,
      runner: this.#runner,
      rolling: options.batch.turns,
      handlers: planning.handlersOf(planning.allTasks(tasks)),
    });
    if (own.mode !== "forecast")
      this.#pipelined = new PipelinedTasks({
        ...options,
        ...tools,
        pipeline: new Pipeline(own.mode.writer, own.states, environment),
      });
    this.#usual = planning.usualTasks(tasks);
    this.#places = new Map(this.#usual.map((planned, index) => [planned, index]));
  }

  async run(): Promise<HostPlayEnd> {
    const way = await this.#whole(this.#o.tasks);
    if (way === "unreachable" || (way === "stopped" && this.#o.interrupted())) return way;
    const early = way === "failed" || way === "stopped";
    if (early && !this.#o.forceHandlers) return way;
    this.#leaving = this.#o.forceHandlers;
    const handled = await this.#handlerRunner.run(() => this.#stopping());
    return early ? way : handled;
  }

  #stopping(): boolean {
    return this.#leaving ? this.#o.interrupted() : this.#o.stopping();
  }

  /** These tasks, to the end of what they left under way. */
  async #whole(all: readonly Planned[]): Promise<Way> {
    const way = await this.#each(all);
    return (await this.#pipelined?.settled()) ?? way;
  }

  async #each(all: readonly Planned[]): Promise<Way> {
    for (const one of all) {
      if (this.#stopping()) return "stopped";
      if (this.#o.batch.isOver() && !this.#leaving) return "ended";
      const way = planning.isPlannedBlock(one) ? await this.#block(one) : await this.#take(one);
      if (way !== "done") return way;
    }
    return "done";
  }

  async #block({ name, tasks, rescue, always }: PlannedBlock): Promise<Way> {
    const before = await this.#pipelined?.settled();
    if (before) return before;
    const failures = this.#reporter.failures;
    let way = await this.#whole(tasks);
    if (way !== "failed") this.#passBy(rescue);
    else if (rescue.length > 0) {
      this.#passBy(tasks);
      this.#reporter.rescued(name, this.#reporter.failures - failures);
      this.#handlerRunner.rescued();
      way = await this.#whole(rescue);
    }
    if (way === "unreachable" || (way === "stopped" && this.#o.interrupted())) return way;
    const last = await this.#inAnyCase(always);
    // What comes after a failure does not undo it.
    return last === "done" || (way === "failed" && last === "ended") ? way : last;
  }

  /** Nobody shall wait for who will not come. */
  #passBy(tasks: readonly Planned[]): void {
    for (const { id } of planning.allTasks(tasks)) this.#o.batch.pass(id, this.#o.host);
  }

  async #inAnyCase(always: readonly Planned[]): Promise<Way> {
    const before = this.#leaving;
    this.#leaving = true;
    const last = await this.#whole(always);
    this.#leaving = before;
    return last;
  }

  async #take(planned: PlannedTask): Promise<Way> {
    const { does, once } = planned.task;
    const { confirm } = this.#o;
    if (confirm && !("meta" in does)) {
      const before = await this.#pipelined?.settled();
      if (before) return before;
      if (!(await confirm(planned))) {
        this.#o.batch.pass(planned.id, this.#o.host);
        return "done";
      }
    }
    const ahead = () => this.#ahead(planned);
    if (this.#pipelined && "resource" in does && isPlain(planned.task)) {
      const joined = await this.#pipelined.join(planned, does.resource, ahead);
      if (joined !== "alone") return joined === "joined" ? "done" : joined;
    }
    const before = await this.#pipelined?.settled();
    if (before) return before;
    if (this.#stopping()) return "stopped";
    if ("meta" in does) return this.#steer(planned, does.meta);
    const ended = once ? await this.#runOnce(planned, ahead) : await this.#runner.run(planned, ahead);
    return this.#after(planned, ended);
  }

  #after(planned: PlannedTask, ended: Outcome): Way {
    if (ended === "failed" || ended === "unreachable") return ended;
    if (ended === "changed") this.#pendingHandlers.add(planned.roleId, planned.task.handlers);
    return "done";
  }

  #ahead(planned: PlannedTask): Query<unknown>[] {
    const place = this.#places.get(planned);
    return place === undefined ? [] : this.#taskProps.ahead(this.#usual.slice(place + 1));
  }

  async #steer(planned: PlannedTask, meta: Meta): Promise<Way> {
    const { batch, host, own } = this.#o;
    let holds: boolean | undefined;
    try {
      holds = this.#taskProps.holds(planned);
    } catch (error) {
      this.#reporter.report(planned, "failed", { started: Date.now(), message: reasonOf(error) });
      return "failed";
    }
    // What cannot be told beforehand is not foretold.
    if (holds !== true) {
      batch.pass(planned.id, host);
      return "done";
    }
    switch (meta) {
      case "flush handlers":
        return this.#handlerRunner.run(() => this.#stopping());
      case "barrier":
        await batch.arrive(planned.id, host);
        own.states.othersWereAtWork();
        return "done";
      case "end play":
        batch.end();
        return "ended";
      case "end host":
        return "ended";
    }
  }

  /** One host does it for all; the others get its output, and fail where it failed. */
  async #runOnce(planned: PlannedTask, ahead: () => readonly Query<unknown>[]): Promise<Outcome> {
    const { batch, host } = this.#o;
    const { task, id } = planned;
    const shared = await batch.once.turn(id, host);
    if (this.#stopping()) return "skipped";
    if (!shared) {
      const outcome = await this.#runner.run(planned, ahead);
      // Where the host was lost, another takes its place.
      if (outcome !== "unreachable") batch.once.done(id, { host, outcome, output: this.#outputs.of(task) });
      return outcome;
    }
    if (shared.outcome === "failed") {
      const message = `it failed on ${shared.host}, which did it for all hosts`;
      return this.#reporter.report(planned, "failed", { started: Date.now(), message });
    }
    this.#outputs.keep(task, shared.output);
    this.#o.own.states.othersWereAtWork();
    return "ok";
  }
}

/** Whether a task asks for nothing that would have it wait for others, or be done elsewhere or again. */
const isPlain = ({ conditions, once, errorsIgnored, retries, atOnce, delegate, user, exports }: Task): boolean =>
  !(once || errorsIgnored || retries) &&
  atOnce === undefined &&
  delegate === undefined &&
  user === undefined &&
  conditions.length === 0 &&
  Object.keys(exports).length === 0;
