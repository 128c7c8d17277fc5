import { setTimeout as sleep } from "node:timers/promises";
import { TaskError } from "../../errors.ts";
import type { Difference, Progress, RunSurroundings, Step } from "../../tasks/resource.ts";
import type { AnyAction, AnyResource, Task } from "../../tasks/task.ts";
import type { Query } from "../../queries/define.ts";
import { evaluate, knownAfterApply, type ExecutionMode, type Evaluation } from "./evaluate.ts";
import type { Outcome } from "../events/events.ts";
import type { Approve } from "./approval.ts";
import { isUnreachable } from "../state/live-hosts.ts";
import type { PendingHandlers } from "../handlers/pending-handlers.ts";
import type { Outputs } from "../state/outputs.ts";
import type { PlannedTask } from "../plan/plan.ts";
import type { TaskProps } from "./task-props.ts";
import { failureOf, reasonOf } from "../events/reason.ts";
import type { States } from "../state/states.ts";
import { takeSteps } from "./steps.ts";
import type { TaskReporter } from "./task-reporter.ts";
import type { Throttles } from "../coordinate/throttles.ts";

/** Where a task is done. */
export interface TaskTarget {
  readonly states: States;
  /** A forecast in check mode, which has no way to change the host. */
  readonly mode: ExecutionMode;
  /** Keeps other runs away from what these steps change. Rejects with TaskError where one is at work there. */
  readonly lock: (steps: readonly Step[]) => Promise<void>;
  /** Comes after steps that may have ended all connections to the host. */
  readonly renew: (steps: readonly Step[]) => Promise<void>;
}

export interface TaskRunnerOptions {
  readonly own: TaskTarget;
  /** Another host, or the same as another user. Rejects with UnreachableError. */
  readonly elsewhere: (host: string | undefined, user: string | undefined) => Promise<TaskTarget>;
  readonly taskProps: TaskProps;
  readonly outputs: Outputs;
  readonly pendingHandlers: PendingHandlers;
  readonly reporter: TaskReporter;
  readonly throttles: Throttles;
  /** Comes before each change, in a real run. */
  readonly approve?: Approve;
  /** The play's, for the commands of its tasks. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly diff: boolean;
  readonly stopping: () => boolean;
  /** Aborted when the run ends. */
  readonly ended: AbortSignal;
}

type Ahead = () => readonly Query<unknown>[];

interface Attempt {
  readonly planned: PlannedTask;
  readonly props: object;
  readonly place: TaskTarget;
  readonly progress: Progress;
  readonly ahead: Ahead;
  readonly announce: (found: readonly Difference[]) => void;
}

type Done = Evaluation & { readonly label: string };

/** Does one task after the other on one host in one play, each with all that its manner asks for. */
export class TaskRunner {
  readonly #o: TaskRunnerOptions;
  readonly #surroundings: RunSurroundings;

  constructor(options: TaskRunnerOptions) {
    this.#o = options;
    this.#surroundings = { notice: (message) => options.reporter.notice(message), ended: options.ended };
  }

  /** How it ended is told. An ignored failure is "ok" for the host. */
  async run(planned: PlannedTask, ahead: Ahead): Promise<Outcome> {
    const { taskProps, reporter, throttles, stopping } = this.#o;
    const started = Date.now();
    let holds: boolean | undefined;
    try {
      holds = taskProps.holds(planned);
    } catch (error) {
      return reporter.report(planned, "failed", { started, message: reasonOf(error) });
    }
    if (holds === false) return reporter.report(planned, "skipped", { started });
    if (holds === undefined) return this.#unmade(planned, started);
    const { atOnce } = planned.task;
    if (atOnce === undefined) return this.#run(planned, ahead);
    // The run may end while it waits for its turn.
    return throttles.run(planned.id, atOnce, async () => (stopping() ? "skipped" : this.#run(planned, ahead)));
  }

  async #run(planned: PlannedTask, ahead: Ahead): Promise<Outcome> {
    const { taskProps, reporter, outputs, pendingHandlers } = this.#o;
    const { task } = planned;
    const started = Date.now();
    const watch = reporter.watch(planned, started);
    let announced: readonly Difference[] = [];
    const takeBack: (() => void)[] = [];
    try {
      const props = taskProps.props(planned);
      if (!props) return this.#unmade(planned, started);
      const place = await this.#targetOf(task);
      const done = await this.#attempts(
        {
          planned,
          props,
          place,
          progress: watch.progress,
          // What lies ahead is done elsewhere.
          ahead: place === this.#o.own ? ahead : () => [],
          announce: (found) => {
            announced = found;
            // Before the first step: a change that is cut off half-way still owes its handlers.
            takeBack.push(pendingHandlers.add(planned.roleId, task.handlers));
          },
        },
        started,
      );
      const { outcome, label, differences, output } = isJudged(task) ? done : withEarlier(done, announced);
      if (outcome === "ok") for (const take of takeBack) take();
      outputs.keep(task, output);
      return reporter.report(planned, outcome, { started, label, differences });
    } catch (error) {
      const lost = isUnreachable(error);
      const ignored = task.errorsIgnored && !lost;
      const told = {
        started,
        label: labelOf(planned, taskProps),
        differences: announced,
        ...failureOf(error, planned.task),
      };
      const outcome = reporter.report(planned, lost ? "unreachable" : "failed", { ...told, ignored });
      return ignored ? "ok" : outcome;
    } finally {
      watch.stop();
    }
  }

  async #attempts(attempt: Attempt, started: number): Promise<Done> {
    const { retries } = attempt.planned.task;
    const { states, mode } = attempt.place;
    for (let left = (retries?.attempts ?? 1) - 1; ; left--) {
      let failure: unknown;
      try {
        const done = await this.#attempt(attempt);
        if (mode === "forecast" || (retries?.until?.(done.output) ?? true)) return done;
        failure = new TaskError("its output is not what is waited for");
      } catch (error) {
        failure = error;
      }
      // What failed may have been half done.
      states.forget();
      if (left <= 0 || mode === "forecast" || isUnreachable(failure) || this.#o.stopping()) throw failure;
      const again = `failed, ${String(left)} ${left === 1 ? "try" : "tries"} left: ${reasonOf(failure)}`;
      this.#o.reporter.progress(attempt.planned, started, again, { retried: true });
      await sleep((retries?.delay ?? 5) * 1000);
      if (this.#o.stopping()) throw failure;
    }
  }

  #attempt(attempt: Attempt): Promise<Done> {
    const { does } = attempt.planned.task;
    if ("resource" in does) return this.#keep(does.resource, attempt);
    if ("action" in does) return this.#act(does.action, attempt);
    throw new Error(`${does.meta} is not for one task to do`);
  }

  async #keep(resource: AnyResource, { planned, props, place, progress, ahead, announce }: Attempt): Promise<Done> {
    const label = resource.label(props);
    const { diff, reporter, pendingHandlers } = this.#o;
    const evaluation = await evaluate(resource, props, {
      ...place,
      progress,
      stopping: this.#o.stopping,
      run: this.#surroundings,
      ahead,
      announce,
      approve: async (differences, steps) => {
        await this.#o.approve?.({ planned, differences, steps });
        await place.lock(steps);
      },
      showBefore: diff,
      warn: (message) => reporter.notice(message),
      environment: { ...this.#o.environment, ...planned.task.exports },
    });
    const { outcome, differences } = evaluation;
    if (outcome !== "changed") return { ...evaluation, label };
    pendingHandlers.changed(
      resource.kind,
      label,
      differences.map(({ what }) => what),
    );
    return { ...evaluation, label: resource.labelOfChange?.(differences, props) ?? label };
  }

  async #act(action: AnyAction, { planned, props, place, progress }: Attempt): Promise<Done> {
    const label = action.label(props);
    if (place.mode !== "forecast") {
      const steps = action.steps(props);
      await this.#o.approve?.({ planned, differences: [], steps });
      await place.lock(steps);
      await takeSteps(place.mode.writer, steps, {
        progress,
        stopping: this.#o.stopping,
        run: this.#surroundings,
        environment: { ...this.#o.environment, ...planned.task.exports },
      });
      await place.renew(steps);
      place.states.changed([], ["everything"]);
    }
    this.#o.pendingHandlers.changed(action.kind, label, []);
    return { outcome: "changed", differences: [], output: undefined, label };
  }

  #targetOf({ delegate, user }: Task): TaskTarget | Promise<TaskTarget> {
    const { own, elsewhere } = this.#o;
    return delegate === undefined && user === undefined ? own : elsewhere(delegate, user);
  }

  /** In check mode an output may not exist yet; in a real run its task was skipped or limited away. */
  #unmade(planned: PlannedTask, started: number): Outcome {
    const { own, reporter } = this.#o;
    const { does } = planned.task;
    // It will change nothing, whatever it is given.
    const onlyLooks = "resource" in does && (does.resource.reads === true || does.resource.waits === true);
    if (own.mode === "forecast" && onlyLooks) return reporter.report(planned, "ok", { started });
    return own.mode === "forecast"
      ? reporter.report(planned, "changed", { started, differences: [knownAfterApply] })
      : reporter.report(planned, "failed", { started, message: "it needs the output of a task that did not run" });
  }
}

/** What it answers says whether it changed anything: the last answer counts. */
const isJudged = ({ does }: Task): boolean => "resource" in does && does.resource.judge !== undefined;

/** What an attempt before did, though it failed, is a change. */
const withEarlier = (done: Done, announced: readonly Difference[]): Done =>
  done.outcome === "ok" && announced.length > 0 ? { ...done, outcome: "changed", differences: announced } : done;

function labelOf(planned: PlannedTask, taskProps: TaskProps): string {
  const { does } = planned.task;
  try {
    const props = taskProps.props(planned);
    if (!props || "meta" in does) return "";
    return "resource" in does ? does.resource.label(props) : does.action.label(props);
  } catch {
    return "";
  }
}
