import { InterruptedError, TaskError } from "../../errors.ts";
import type { Addition } from "../../inventory/types.ts";
import { sleepUnless } from "../../tasks/sleep-unless.ts";
import type { Difference, Progress, RunSurroundings } from "../../tasks/resource.ts";
import type { AnyAction, AnyResource, Task } from "../../tasks/task.ts";
import type { Query } from "../../queries/define.ts";
import { beginChange } from "./begin-change.ts";
import { unchanged, type Evaluation } from "./compare.ts";
import { evaluate } from "./evaluate.ts";
import type { Begin } from "./mode.ts";
import type { Outcome } from "../events/events.ts";
import type { Approve } from "./approval.ts";
import { isUnreachable } from "../state/live-hosts.ts";
import type { PendingHandlers } from "../handlers/pending-handlers.ts";
import type { Outputs } from "../state/outputs.ts";
import type { PlannedTask } from "../plan/plan.ts";
import type { Reads } from "./reads.ts";
import { StepLog } from "./step-log.ts";
import type { TaskProps } from "./task-props.ts";
import { failureOf, reasonOf } from "../events/reason.ts";
import type { TaskTarget } from "./task-targets.ts";
import type { TaskReporter } from "./task-reporter.ts";
import type { Throttles } from "../coordinate/throttles.ts";

export interface TaskRunnerOptions {
  /** The name of the host whose tasks these are. */
  readonly host: string;
  readonly own: TaskTarget;
  /** Another host, or the same host with another user. Rejects with UnreachableError. */
  readonly elsewhere: (host: string | undefined, user: string | undefined) => Promise<TaskTarget>;
  readonly taskProps: TaskProps;
  readonly outputs: Outputs;
  readonly reads: Reads;
  readonly pendingHandlers: PendingHandlers;
  readonly reporter: TaskReporter;
  readonly throttles: Throttles;
  /** Runs before each change. */
  readonly approve?: Approve;
  /** The play's variables for the commands of its tasks. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds: the play's limit for a step. */
  readonly timeout?: number | undefined;
  readonly diff: boolean;
  readonly verbose?: number | undefined;
  /** Adds to the inventory of the run. Throws InputError if that is not possible. */
  readonly grow: (addition: Addition) => void;
  readonly stopping: () => boolean;
  /** Aborted when the run ends. */
  readonly ended: AbortSignal;
}

type Ahead = () => readonly Query<unknown>[];

interface Attempt {
  readonly planned: PlannedTask;
  readonly props: object;
  readonly target: TaskTarget;
  readonly progress: Progress;
  readonly log: StepLog;
  readonly ahead: Ahead;
  /** Absent in a check whose changes nobody approves or records. */
  readonly begin: Begin | undefined;
}

type Done = Evaluation & { readonly label: string };

/** Runs one task after the other on one host in one play, each as its options say. */
export class TaskRunner {
  readonly #o: TaskRunnerOptions;
  readonly #surroundings: RunSurroundings;

  constructor(options: TaskRunnerOptions) {
    this.#o = options;
    this.#surroundings = { notice: (message) => options.reporter.notice(message), ended: options.ended };
  }

  /** Reports how the task ended. An ignored failure is "ok" for the host. */
  async run(planned: PlannedTask, ahead: Ahead): Promise<Outcome> {
    const { taskProps, reads, reporter, throttles, stopping } = this.#o;
    const started = Date.now();
    let holds: boolean | undefined;
    try {
      await reads.again();
      holds = taskProps.holds(planned);
    } catch (error) {
      return reporter.report(planned, "failed", { started, message: reasonOf(error) });
    }
    if (holds === false) return reporter.report(planned, "skipped", { started });
    if (holds === undefined) return this.#withoutOutput(planned, started);
    const { atOnce } = planned.task;
    if (atOnce === undefined) return this.#run(planned, ahead);
    // The run may end while the task waits for its turn.
    return throttles.run(planned.id, atOnce, async () => (stopping() ? "skipped" : this.#run(planned, ahead)));
  }

  async #run(planned: PlannedTask, ahead: Ahead): Promise<Outcome> {
    const { taskProps, reporter, outputs, reads, pendingHandlers, approve } = this.#o;
    const { task } = planned;
    const started = Date.now();
    const watch = reporter.watch(planned, started);
    const log = new StepLog(this.#o.verbose);
    let announced: readonly Difference[] = [];
    const takeBack: (() => void)[] = [];
    let props: object | undefined;
    try {
      props = taskProps.props(planned);
      if (!props) return this.#withoutOutput(planned, started);
      const target = await this.#targetOf(task);
      const announce = (found: readonly Difference[]) => (announced = found);
      const begin =
        (to: TaskTarget): Begin =>
        async (differences, steps) => {
          const change = { planned, differences };
          // Only a check does not know the steps, and it begins nothing.
          if (!to.mode.writer || !steps) await approve?.({ ...change, steps });
          else takeBack.push(await beginChange({ ...change, steps }, { approve, announce, pendingHandlers }));
        };
      const done = await this.#attempts(
        {
          planned,
          props,
          target,
          progress: watch.progress,
          log,
          // Later tasks run on another host.
          ahead: target === this.#o.own ? ahead : () => [],
          begin: target.mode.writer || approve ? begin(target) : undefined,
        },
        started,
      );
      const { outcome, label, differences, output } = isJudged(task) ? done : withEarlier(done, announced);
      if (outcome === "ok") for (const take of takeBack) take();
      outputs.keep(task, output);
      reads.keep(planned, target.states);
      return reporter.report(planned, outcome, { started, label, differences, steps: log.steps });
    } catch (error) {
      const lost = isUnreachable(error);
      const ignored = task.errorsIgnored && !lost && !(error instanceof InterruptedError);
      const told = {
        started,
        label: labelOf(task, props),
        differences: announced,
        ...log.withFailure(failureOf(error, task, props)),
      };
      const outcome = reporter.report(planned, lost ? "unreachable" : "failed", { ...told, ignored });
      return ignored ? "ok" : outcome;
    } finally {
      watch.stop();
    }
  }

  async #attempts(attempt: Attempt, started: number): Promise<Done> {
    const { states, mode } = attempt.target;
    const retries = mode.retries ? attempt.planned.task.retries : undefined;
    for (let left = (retries?.attempts ?? 1) - 1; ; left--) {
      let failure: unknown;
      try {
        const done = await this.#attempt(attempt);
        if (retries?.until?.(done.output) ?? true) return done;
        failure = new TaskError("its output is not what is waited for");
      } catch (error) {
        failure = error;
      }
      // A failed task may have been half done.
      states.forget();
      if (left <= 0 || isUnreachable(failure) || this.#o.stopping()) throw failure;
      const again = `failed, ${String(left)} ${left === 1 ? "try" : "tries"} left: ${reasonOf(failure)}`;
      this.#o.reporter.progress(attempt.planned, started, again, { retried: true });
      if (!(await sleepUnless(this.#o.stopping, (retries?.delay ?? 5) * 1000))) throw failure;
    }
  }

  #attempt(attempt: Attempt): Promise<Done> {
    const { does } = attempt.planned.task;
    if ("resource" in does) return this.#keep(does.resource, attempt);
    if ("action" in does) return this.#act(does.action, attempt);
    throw new Error(`${does.meta} is not for one task to do`);
  }

  async #keep(resource: AnyResource, { planned, props, target, progress, log, ahead, begin }: Attempt): Promise<Done> {
    const { diff, reporter, pendingHandlers } = this.#o;
    let current = props;
    const evaluation = await evaluate(resource, props, {
      ...target,
      ...this.#stepOptions(planned, progress, log),
      reads: this.#o.outputs.isTaken(planned.task) ? "all" : resource.judge ? "what is judged" : "nothing",
      ahead,
      begin,
      showBefore: diff,
      warn: (message) => reporter.notice(message),
      renewed: async () => {
        const renewed = await this.#renewed(planned);
        current = renewed ?? current;
        return renewed;
      },
    });
    if (resource.adds) this.#o.grow(resource.adds(current, this.#o.host));
    log.addRead(resource, current, evaluation.output);
    const label = resource.label(current);
    const { outcome, differences } = evaluation;
    if (outcome !== "changed") return { ...evaluation, label };
    pendingHandlers.changed(
      resource.kind,
      label,
      differences.map(({ what }) => what),
    );
    return { ...evaluation, label: resource.labelOfChange?.(differences, current) ?? label };
  }

  async #act(action: AnyAction, { planned, props, target, progress, log, begin }: Attempt): Promise<Done> {
    const options = { ...target, ...this.#stepOptions(planned, progress, log), reads: "nothing", begin } as const;
    let current: object | undefined = props;
    while (current && !(await target.mode.act(action, current, options))) current = await this.#renewed(planned);
    if (!current) return { ...unchanged, label: action.label(props) };
    const label = action.label(current);
    this.#o.pendingHandlers.changed(action.kind, label, []);
    return { outcome: "changed", differences: [], output: undefined, label };
  }

  /** The properties after another run was at work; undefined if the task no longer applies. */
  async #renewed(planned: PlannedTask): Promise<object | undefined> {
    const { reads, taskProps } = this.#o;
    await reads.again();
    return taskProps.holds(planned) === false ? undefined : taskProps.props(planned);
  }

  #stepOptions({ task }: PlannedTask, progress: Progress, log: StepLog) {
    const { stopping, environment, timeout } = this.#o;
    return {
      progress,
      report: log.add,
      stopping,
      run: this.#surroundings,
      environment: { ...environment, ...task.exports },
      limits: { task: task.limit, play: timeout },
    };
  }

  #targetOf({ delegate, user }: Task): TaskTarget | Promise<TaskTarget> {
    const { own, elsewhere } = this.#o;
    return delegate === undefined && user === undefined ? own : elsewhere(delegate, user);
  }

  /** In a check the output may not exist yet; in a run its task was skipped or excluded by --limit or --tags. */
  #withoutOutput(planned: PlannedTask, started: number): Outcome {
    const { own, reporter, host } = this.#o;
    const { does, name } = planned.task;
    if (!own.mode.writer && "resource" in does && does.resource.adds)
      reporter.notice(`${host}: what "${name}" adds to the inventory is known after apply: later plays go without it`);
    const { outcome, ...report } = own.mode.withoutOutput(planned.task);
    return this.#o.reporter.report(planned, outcome, { started, ...report });
  }
}

/** Whether the answer of its steps decides if it changed anything: the last answer counts. */
const isJudged = ({ does }: Task): boolean => "resource" in does && does.resource.judge !== undefined;

/** A failed attempt may have changed something before: that counts as a change. */
const withEarlier = (done: Done, announced: readonly Difference[]): Done =>
  done.outcome === "ok" && announced.length > 0 ? { ...done, outcome: "changed", differences: announced } : done;

function labelOf({ does }: Task, props: object | undefined): string {
  if (!props || "meta" in does) return "";
  try {
    return "resource" in does ? does.resource.label(props) : does.action.label(props);
  } catch {
    return "";
  }
}
