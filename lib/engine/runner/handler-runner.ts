import type { Task } from "../tasks/task.ts";
import type { Notified } from "./handlers/pending-handlers.ts";
import { handlerKey, type PlannedHandler, type PlannedTask } from "./plan/plan.ts";
import type { Prepared } from "./execute/task-props.ts";
import type { TaskRunner } from "./execute/task-runner.ts";
import type { Teller } from "./execute/task-reporter.ts";
import type { Turns } from "./coordinate/rolling-queue.ts";
import type { WalkEnd } from "./play-end.ts";

export interface HandlingOptions {
  readonly host: string;
  /** All that the play may owe to the host, in the order of their first appearance. */
  readonly handlers: readonly PlannedHandler[];
  readonly notified: Notified;
  readonly prepared: Prepared;
  readonly runner: TaskRunner;
  readonly teller: Teller;
  readonly turns: Turns;
}

/** Runs the handlers that are owed to one host. */
export class Handling {
  readonly #o: HandlingOptions;
  /** Those that failed, until a block rescues them. */
  readonly #failed: PlannedHandler[] = [];

  constructor(options: HandlingOptions) {
    this.#o = options;
  }

  /** What failed was answered: it is owed no more. */
  rescued(): void {
    for (const handler of this.#failed.splice(0)) this.#o.notified.done(handler);
  }

  /** All that were notified, in the order of their first appearance; also those that handlers notify. */
  async run(stopping: () => boolean): Promise<WalkEnd> {
    const { handlers, notified } = this.#o;
    // As often as there are handlers: two that notify each other must not go on for ever.
    for (let left = handlers.length; left > 0; left--) {
      const planned = handlers.find((one) => notified.has(one));
      if (!planned) break;
      if (stopping()) return "stopped";
      const ended = planned.handler.oneHostAtATime
        ? await this.#inTurn(planned, stopping)
        : await this.#runHandler(planned);
      if (ended === "failed") this.#failed.push(planned);
      if (ended !== "done") return ended;
      notified.done(planned);
    }
    return "done";
  }

  async #inTurn(planned: PlannedHandler, stopping: () => boolean): Promise<WalkEnd> {
    const { turns, host, teller } = this.#o;
    let ended: WalkEnd = "failed";
    const { failedOn } = await turns.take(handlerKey(planned), host, async () => {
      ended = stopping() ? "stopped" : await this.#runHandler(planned);
      return ended === "done" || ended === "stopped";
    });
    const [task] = planned.handler.tasks;
    if (failedOn !== undefined && task)
      teller.tell(asPlanned(planned, task), "failed", { started: Date.now(), message: notAfter(failedOn) });
    return ended;
  }

  async #runHandler(handler: PlannedHandler): Promise<WalkEnd> {
    for (const task of handler.handler.tasks) {
      const planned = asPlanned(handler, task);
      if (this.#isSettled(handler, planned)) continue;
      const ended = await this.#o.runner.run(planned, () => []);
      if (ended === "failed" || ended === "unreachable") return ended;
      if (ended === "changed") this.#o.notified.add(planned.roleId, task.handlers);
    }
    return "done";
  }

  #isSettled(handler: PlannedHandler, planned: PlannedTask): boolean {
    if (!("action" in planned.task.does)) return false;
    try {
      const by = planned.task.does.action.settledBy?.(this.#o.prepared.props(planned) ?? {});
      return by !== undefined && this.#o.notified.isSettled(handler, by);
    } catch {
      // It fails again when it is run, and is told then.
      return false;
    }
  }
}

const asPlanned = (handler: PlannedHandler, task: Task): PlannedTask => ({
  ...handler,
  id: handlerKey(handler),
  task,
  tags: [],
  handler: true,
});

const notAfter = (host: string): string =>
  `not done here, because it failed on ${host}: hosts take turns, and the next may be the one too many. It is done by the next run`;
