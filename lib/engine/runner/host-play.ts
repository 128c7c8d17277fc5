import type { Query } from "../queries/define.ts";
import type { Meta, Task } from "../tasks/task.ts";
import type { Outcome } from "./events/events.ts";
import { HandlerRunner } from "./handler-runner.ts";
import { PipelinedTasks } from "./execute/pipelined-tasks.ts";
import { PendingHandlers } from "./handlers/pending-handlers.ts";
import { meetingsIn, type BatchContext } from "./coordinate/batch-context.ts";
import { Outputs, type Registered } from "./state/outputs.ts";
import { Pipeline } from "./execute/pipeline.ts";
import * as planning from "./plan/plan.ts";
import type { Planned, PlannedBlock, PlannedTask, PlannedTurn } from "./plan/plan.ts";
import { takenOutputs } from "./plan/taken-outputs.ts";
import { Reads } from "./execute/reads.ts";
import { TaskProps } from "./execute/task-props.ts";
import { reasonOf } from "./events/reason.ts";
import { TaskRunner, type TaskRunnerOptions } from "./execute/task-runner.ts";
import { TaskReporter, type TaskReporterOptions } from "./execute/task-reporter.ts";
import type { HostPlayEnd } from "./host-play-end.ts";
import { TaskError } from "../errors.ts";
import { notAfter } from "./coordinate/rolling-queue.ts";
import { partIn, type Part } from "./execute/would-change.ts";
import { isUnreachable } from "./state/live-hosts.ts";

export interface HostPlayOptions
  extends
    TaskReporterOptions,
    Pick<
      TaskRunnerOptions,
      | "own"
      | "elsewhere"
      | "throttles"
      | "approve"
      | "environment"
      | "timeout"
      | "grow"
      | "diff"
      | "verbose"
      | "stopping"
      | "ended"
    > {
  readonly tasks: readonly Planned[];
  readonly batch: BatchContext;
  readonly registered: Registered;
  /** The pending handlers of an earlier run. */
  readonly owed: ReadonlySet<string>;
  /** Called with the pending handlers on every change, so that a killed run leaves the true list behind. */
  readonly remember: (pending: ReadonlySet<string>) => void;
  /** Handlers also run if a task failed. */
  readonly forceHandlers: boolean;
  /** Whether a person ends the run; `stopping` is also true if failures of other hosts end it. */
  readonly interrupted: () => boolean;
  /** Asks a person before each task (--step). */
  readonly confirm?: (planned: PlannedTask) => Promise<boolean>;
}

/** "ended": this host, or all hosts, have no more to do in this play. */
type Way = HostPlayEnd | "ended";

/** One play on one host: its tasks in order, then the handlers that they notified. */
export class HostPlay {
  readonly #o: HostPlayOptions;
  readonly #outputs: Outputs;
  readonly #taskProps: TaskProps;
  readonly #pendingHandlers: PendingHandlers;
  readonly #reporter: TaskReporter;
  readonly #runner: TaskRunner;
  /** Undefined in a check, which makes no changes. */
  readonly #pipelined: PipelinedTasks | undefined;
  /** The tasks in order and the position of each: the queries of later tasks are asked early. */
  readonly #usual: readonly PlannedTask[];
  readonly #positions: ReadonlyMap<PlannedTask, number>;
  readonly #handlerRunner: HandlerRunner;
  /** The ids of the roles whose tasks have begun. */
  readonly #begun = new Set<string>();
  /** During `always` tasks and forced handlers, which run even if failures of other hosts have ended the run. */
  #leaving = false;

  constructor(options: HostPlayOptions) {
    this.#o = options;
    const { own, host, registered, owed, remember, tasks, environment } = options;
    this.#outputs = new Outputs(host, registered, takenOutputs(tasks));
    this.#taskProps = new TaskProps(this.#outputs, own.mode.writer === undefined);
    this.#pendingHandlers = new PendingHandlers(owed, remember);
    this.#reporter = new TaskReporter(options);
    const tools = {
      outputs: this.#outputs,
      reads: new Reads(this.#taskProps, this.#outputs),
      taskProps: this.#taskProps,
      pendingHandlers: this.#pendingHandlers,
      reporter: this.#reporter,
    };
    this.#runner = new TaskRunner({ ...options, ...tools });
    this.#handlerRunner = new HandlerRunner({
      ...tools,
      host,
      runner: this.#runner,
      rolling: options.batch.rolling,
      handlers: planning.handlersOf(planning.allTasks(tasks)),
    });
    const { writer } = own.mode;
    if (writer)
      this.#pipelined = new PipelinedTasks({
        ...options,
        ...tools,
        pipeline: new Pipeline(writer, own.states, environment),
      });
    this.#usual = planning.usualTasks(tasks);
    this.#positions = new Map(this.#usual.map((planned, index) => [planned, index]));
  }

  /** Another run was at work on the host. `owed` returns the pending handlers, given those that this run has notified. */
  takeOver(owed: (own: ReadonlySet<string>) => ReadonlySet<string>): void {
    this.#pendingHandlers.takeOver(owed(this.#pendingHandlers.own));
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

  /** Runs these tasks and waits for the pipelined ones. */
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

  async #block(block: PlannedBlock): Promise<Way> {
    const before = await this.#pipelined?.settled();
    if (before) return before;
    const { turns } = block;
    // A check changes nothing, so no host has to wait for another.
    if (!turns || !this.#o.own.mode.writer) return this.#parts(block);
    const { batch, host } = this.#o;
    const leave = (): void => batch.pass(turns.id, host);
    try {
      const part = await this.#partIn(block, turns);
      if (part === "at once") leave();
      if (part !== "in turn") {
        const way = await this.#parts(block);
        // What does not start here may not start again on the hosts where it still runs.
        if (part === "first" && (way === "failed" || way === "unreachable")) batch.rolling.fail(turns.id, host);
        return way;
      }
      if (turns.unit !== undefined) await batch.arrive(turns.id, host);
    } catch (error) {
      return this.#failBlock(block, error);
    } finally {
      leave();
    }
    return this.#inTurn(block, turns);
  }

  #partIn(block: PlannedBlock, turns: PlannedTurn): Promise<Part> {
    const { own } = this.#o;
    const pending = this.#pendingHandlers;
    return partIn(block, turns, {
      own,
      taskProps: this.#taskProps,
      ahead: () => this.#taskProps.ahead(this.#usual),
      isPending: (roleId, handler) => pending.has({ roleId, handler }),
    });
  }

  /** The block and the handlers that it notified, while no more hosts than allowed are at it. */
  async #inTurn(block: PlannedBlock, { id, serial, first }: PlannedTurn): Promise<Way> {
    const { batch, host } = this.#o;
    let way: Way = "failed";
    const work = async (): Promise<boolean> => {
      this.#o.own.states.othersWereAtWork();
      way = this.#stopping() ? "stopped" : first ? await this.#take(first) : "done";
      if (way === "done") way = await this.#parts(block);
      if (way === "done") way = await this.#flush();
      return way !== "failed" && way !== "unreachable";
    };
    const { failedOn } = await batch.rolling.take(id, host, work, serial);
    return failedOn === undefined ? way : this.#failBlock(block, new TaskError(notAfter(failedOn)));
  }

  #failBlock({ tasks }: PlannedBlock, error: unknown): Way {
    const [planned] = planning.allTasks(tasks);
    const outcome = isUnreachable(error) ? "unreachable" : "failed";
    if (planned) this.#reporter.report(planned, outcome, { started: Date.now(), message: reasonOf(error) });
    return outcome;
  }

  async #parts({ name, tasks, rescue, always }: PlannedBlock): Promise<Way> {
    const failures = this.#reporter.failures;
    let way = await this.#whole(tasks);
    if (way === "failed" && this.#o.interrupted()) return way;
    const isRescued = way === "failed" && rescue.length > 0;
    // After a failure that may end the run, others wait until it counts, unless this host waits for them before.
    if (way !== "failed" || isRescued || meetingsIn(always).length > 0) this.#passBy(tasks);
    if (isRescued) {
      this.#reporter.rescued(name, this.#reporter.failures - failures);
      this.#handlerRunner.rescued();
      way = await this.#whole(rescue);
    }
    this.#passBy(rescue);
    if (way === "unreachable" || (way === "stopped" && this.#o.interrupted())) return way;
    const last = await this.#inAnyCase(always);
    // Tasks after a failure do not undo it.
    return last === "done" || (way === "failed" && last === "ended") ? way : last;
  }

  /** Releases the hosts that wait for tasks that this host skips. */
  #passBy(tasks: readonly Planned[]): void {
    const waited = [...planning.allTasks(tasks), ...planning.turnsIn(tasks)];
    for (const { id } of waited) this.#o.batch.pass(id, this.#o.host);
  }

  async #inAnyCase(always: readonly Planned[]): Promise<Way> {
    const before = this.#leaving;
    this.#leaving = true;
    const last = await this.#whole(always);
    this.#leaving = before;
    return last;
  }

  #flush(): Promise<HostPlayEnd> {
    return this.#handlerRunner.run(() => this.#stopping(), this.#begun);
  }

  async #take(planned: PlannedTask): Promise<Way> {
    this.#begun.add(planned.roleId);
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
    if (this.#pipelined && "resource" in does && isPlain(planned.task) && !does.resource.adds) {
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
    const place = this.#positions.get(planned);
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
    if (holds === undefined && own.mode.writer) {
      const { outcome, ...report } = own.mode.withoutOutput(planned.task);
      this.#reporter.report(planned, outcome, { started: Date.now(), ...report });
      return "failed";
    }
    if (holds === undefined)
      this.#reporter.notice(`${host}: "${planned.task.name}" is left out: whether it applies is known after apply`);
    if (holds !== true) {
      batch.pass(planned.id, host);
      return "done";
    }
    switch (meta) {
      case "flush handlers":
        return this.#flush();
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

  /** One host runs the task for all. The others get its output, and fail if it failed. */
  async #runOnce(planned: PlannedTask, ahead: () => readonly Query<unknown>[]): Promise<Outcome> {
    const { batch, host } = this.#o;
    const { task, id } = planned;
    const shared = await batch.once.turn(id, host);
    if (this.#stopping()) return "skipped";
    if (!shared) {
      const outcome = await this.#runner.run(planned, ahead);
      // If the host is lost, another one runs the task.
      if (outcome !== "unreachable") batch.once.done(id, { host, outcome, output: this.#outputs.of(task) });
      return outcome;
    }
    if (shared.outcome === "failed") {
      const message = `it failed on ${shared.host}, which did it for all hosts`;
      return this.#reporter.report(planned, "failed", { started: Date.now(), message });
    }
    this.#outputs.share(task, shared.output);
    this.#o.own.states.othersWereAtWork();
    return "ok";
  }
}

/** Whether a task has no option that makes it wait for other hosts, run elsewhere, or run again. */
const isPlain = ({ conditions, once, errorsIgnored, retries, atOnce, delegate, user, limit, exports }: Task): boolean =>
  !(once || errorsIgnored || retries) &&
  atOnce === undefined &&
  delegate === undefined &&
  user === undefined &&
  limit === undefined &&
  conditions.length === 0 &&
  Object.keys(exports).length === 0;
