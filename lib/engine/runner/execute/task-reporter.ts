import { unknown, type Difference, type Progress } from "../../tasks/resource.ts";
import type { Task } from "../../tasks/task.ts";
import { notAsked, type Emit, type Outcome, type ShownDifference } from "../events/events.ts";
import type { ShownStep } from "../events/shown-step.ts";
import { taskNameOf, type PlannedTask } from "../plan/plan.ts";

export interface TaskReporterOptions {
  readonly play: string;
  readonly host: string;
  readonly emit: Emit;
}

/** The details of a task's result. */
export interface TaskReport {
  readonly started: number;
  readonly label?: string;
  readonly differences?: readonly Difference[];
  readonly message?: string;
  readonly transient?: boolean;
  readonly ignored?: boolean;
  readonly steps?: readonly ShownStep[];
}

/** Milliseconds between two progress events of a long task: with new output, and without. */
const sooner = 2000;
const heartbeat = 10_000;

/** Emits the events of one host's tasks in one play. */
export class TaskReporter {
  readonly #o: TaskReporterOptions;
  /** The number of failed tasks, without rescued ones. */
  failures = 0;

  constructor(options: TaskReporterOptions) {
    this.#o = options;
  }

  report(planned: PlannedTask, outcome: Outcome, telling: TaskReport): Outcome {
    const { play, host, emit } = this.#o;
    const { started, label = "", differences = [], message, transient, ignored, steps = [] } = telling;
    const { delegate } = planned.task;
    if (outcome === "failed" && !ignored) this.failures += 1;
    emit({
      type: "task",
      play,
      host,
      ...taskNameOf(planned),
      id: planned.id,
      kind: kindOf(planned.task.does),
      label,
      outcome,
      differences: differences.map(asShown),
      ...(message !== undefined && { message }),
      ...(transient && { transient }),
      ...(ignored && { ignored }),
      ...(steps.length > 0 && { steps }),
      ...(delegate !== undefined && delegate !== host && { delegatedTo: delegate }),
      seconds: (Date.now() - started) / 1000,
    });
    return outcome;
  }

  notice(message: string): void {
    this.#o.emit({ type: "notice", message });
  }

  /** Subtracts rescued failures. */
  rescued(block: string, failures: number): void {
    const { play, host, emit } = this.#o;
    this.failures -= failures;
    emit({ type: "rescued", play, host, block, failures });
  }

  progress(planned: PlannedTask, started: number, line: string, { retried = false } = {}): void {
    const { play, host, emit } = this.#o;
    const { role, task } = taskNameOf(planned);
    const seconds = (Date.now() - started) / 1000;
    emit({ type: "progress", play, host, role, task, line, ...(retried && { retried }), seconds });
  }

  /** Emits progress events while a task runs, with its last line of output. */
  watch(planned: PlannedTask, started: number): { progress: Progress; stop: () => void } {
    let line = "still running";
    let last = { line, at: started };
    const timer = setInterval(() => {
      if (line === last.line && Date.now() - last.at < heartbeat - sooner / 2) return;
      last = { line, at: Date.now() };
      this.progress(planned, started, line);
    }, sooner);
    return { progress: (said) => (line = said), stop: () => clearInterval(timer) };
  }
}

const kindOf = (does: Task["does"]): string =>
  "resource" in does ? does.resource.kind : "action" in does ? does.action.kind : does.meta;

const asShown = ({ what, before, after, secret, always, shownAs = what }: Difference): ShownDifference => ({
  what: shownAs,
  ...(secret
    ? { before: "(secret)", after: "(secret)" }
    : { before: before === unknown ? notAsked : before, after: after === unknown ? "(known after apply)" : after }),
  ...(always && { always }),
});
