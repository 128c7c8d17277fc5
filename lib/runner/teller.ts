import { unknown, type Difference, type Progress } from "../resources/define.ts";
import type { Task } from "../resources/task.ts";
import type { Emit, Outcome, ShownDifference } from "./events.ts";
import { nameOf, type PlannedTask } from "./plan.ts";

export interface TellerOptions {
  readonly play: string;
  readonly host: string;
  readonly emit: Emit;
}

/** Milliseconds between two signs of life of a task that takes long. */
const heartbeat = 10_000;

/** Tells what becomes of one host's tasks in one play. */
export class Teller {
  readonly #o: TellerOptions;

  constructor(options: TellerOptions) {
    this.#o = options;
  }

  tell(
    planned: PlannedTask,
    outcome: Outcome,
    label: string,
    differences: readonly Difference[],
    started: number,
    message?: string,
  ): Outcome {
    const { play, host, emit } = this.#o;
    emit({
      type: "task",
      play,
      host,
      ...nameOf(planned),
      id: planned.id,
      kind: kindOf(planned.task.does),
      label,
      outcome,
      differences: differences.map(asShown),
      ...(message !== undefined && { message }),
      seconds: (Date.now() - started) / 1000,
    });
    return outcome;
  }

  notice(message: string): void {
    this.#o.emit({ type: "notice", message });
  }

  /** Says now and then that a task is still at work, with the last thing it said. */
  watch(planned: PlannedTask, started: number): { progress: Progress; stop: () => void } {
    const { play, host, emit } = this.#o;
    let line = "still running";
    const timer = setInterval(() => {
      const { role, task } = nameOf(planned);
      emit({ type: "progress", play, host, role, task, line, seconds: (Date.now() - started) / 1000 });
    }, heartbeat);
    return { progress: (said) => (line = said), stop: () => clearInterval(timer) };
  }
}

const kindOf = (does: Task["does"]): string =>
  "resource" in does ? does.resource.kind : "action" in does ? does.action.kind : does.meta;

const asShown = ({ what, before, after, secret, always }: Difference): ShownDifference => ({
  what,
  ...(secret ? { before: "(secret)", after: "(secret)" } : { before: plain(before), after: plain(after) }),
  ...(always && { always }),
});

const plain = (value: unknown): unknown => (value === unknown ? "(known after apply)" : value);
