import type { Query } from "../../queries/define.ts";
import type { Difference, Progress } from "../../tasks/resource.ts";
import type { AnyResource } from "../../tasks/task.ts";
import { beginChange } from "./begin-change.ts";
import { allSteps, changeFor, type Change } from "./change.ts";
import { compare, isCurrent, isDrift } from "./compare.ts";
import { isUnreachable } from "../state/live-hosts.ts";
import type { Next, Pipeline, ChangeCallbacks } from "./pipeline.ts";
import type { PlannedTask } from "../plan/plan.ts";
import { failureOf } from "../events/reason.ts";
import { StepLog } from "./step-log.ts";
import type { TaskRunnerOptions } from "./task-runner.ts";

export interface PipelinedTasksOptions extends Pick<
  TaskRunnerOptions,
  | "own"
  | "taskProps"
  | "outputs"
  | "reads"
  | "pendingHandlers"
  | "reporter"
  | "approve"
  | "diff"
  | "verbose"
  | "stopping"
> {
  readonly pipeline: Pipeline;
}

/** Sends the changes of plain tasks through their host's pipeline. */
export class PipelinedTasks {
  readonly #o: PipelinedTasksOptions;
  /** How a pipelined task failed while later ones were compared. */
  #end: "failed" | "unreachable" | undefined;

  constructor(options: PipelinedTasksOptions) {
    this.#o = options;
  }

  /** Waits for the pipeline to drain. Returns how it failed, if it did. */
  async settled(next?: Next): Promise<"failed" | "unreachable" | undefined> {
    await this.#o.pipeline.flush(next);
    const end = this.#end;
    this.#end = undefined;
    if (end) this.#o.own.states.forget();
    return end;
  }

  /** Returns "alone" for a task that must run by itself after the pipeline has drained. */
  async join(
    planned: PlannedTask,
    resource: AnyResource,
    ahead: () => readonly Query<unknown>[],
  ): Promise<"joined" | "alone" | "failed" | "unreachable"> {
    const { pipeline, taskProps, reads, reporter, own } = this.#o;
    const started = Date.now();
    if (!planned.task.condition) {
      pipeline.inTurn(() => reporter.report(planned, "skipped", { started }));
      return "joined";
    }
    const needs = taskProps.needs(planned, resource);
    if (pipeline.hasToSettle(resource, needs) || !needs.every((query) => own.states.has(query))) {
      const watch = () => reporter.watch(planned, started);
      // A change that did not converge fails its task, and then this one is never reached.
      const early = needs.filter(({ of }) => !of.runsCommands);
      const before = await this.settled({ queries: () => [...early, ...ahead()], watch, stopping: this.#o.stopping });
      if (before) return before;
    }
    const { progress, stop } = reporter.watch(planned, started);
    try {
      await reads.again();
      const props = taskProps.props(planned);
      if (!props || !(await this.#compared(planned, resource, props, ahead, { started, progress }))) return "alone";
    } catch {
      // It fails again when it runs alone, and is reported then.
      return "alone";
    } finally {
      stop();
    }
    return pipeline.full ? ((await this.settled()) ?? "joined") : "joined";
  }

  async #compared(
    planned: PlannedTask,
    resource: AnyResource,
    props: object,
    ahead: () => readonly Query<unknown>[],
    { started, progress }: { readonly started: number; readonly progress: Progress },
  ): Promise<boolean> {
    const { pipeline, outputs, reads, pendingHandlers, reporter, own, approve, diff, verbose, stopping } = this.#o;
    const { task } = planned;
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    const wait = { progress, stopping };
    const compared = await compare(resource, props, { states: own.states, ahead, showBefore: diff, warn, wait });
    const showWarnings = () => warnings.forEach((message) => reporter.notice(message));
    if (!isDrift(compared)) {
      const { outcome, output } = compared;
      const log = new StepLog(verbose);
      log.addRead(resource, props, output);
      showWarnings();
      outputs.keep(task, output);
      reads.keep(planned, own.states);
      pipeline.inTurn(() =>
        reporter.report(planned, outcome, { started, label: resource.label(props), steps: log.steps }),
      );
      return true;
    }
    const change = changeFor(compared);
    const steps = await pipeline.sendable(change);
    if (!steps) return false;
    const coming = { planned, differences: change.found, steps: allSteps(change) };
    await own.lock(coming.steps);
    // It is compared again alone.
    if (!isCurrent(compared, own.states)) return false;
    showWarnings();
    const takeBack = await beginChange(coming, { approve, pendingHandlers });
    pipeline.add(change, steps, this.#waiting(planned, change, takeBack));
    return true;
  }

  #waiting(planned: PlannedTask, { resource, props, found }: Change, takeBack: () => void): ChangeCallbacks {
    const { outputs, pendingHandlers, reporter } = this.#o;
    const { task, roleId } = planned;
    const label = resource.label(props);
    const log = new StepLog(this.#o.verbose);
    let started = Date.now();
    return {
      report: log.add,
      begins: () => {
        started = Date.now();
        return reporter.watch(planned, started);
      },
      made: ({ outcome, differences, output }) => {
        if (outcome === "changed") pendingHandlers.changed(resource.kind, label, differences.map(whatOf));
        outputs.keep(task, output);
        const shown = resource.labelOfChange?.(differences, props) ?? label;
        reporter.report(planned, outcome, { started, label: shown, differences, steps: log.steps });
        takeBack();
        if (outcome === "changed") pendingHandlers.add(roleId, task.handlers);
      },
      notRun: takeBack,
      failed: (error) => {
        this.#end = isUnreachable(error) ? "unreachable" : "failed";
        reporter.report(planned, this.#end, {
          started,
          label,
          differences: found,
          ...log.withFailure(failureOf(error, planned.task, props)),
        });
      },
    };
  }
}

const whatOf = ({ what }: Difference): string => what;
