import type { Task } from "../tasks/task.ts";
import type { PendingHandlers } from "./handlers/pending-handlers.ts";
import { handlerKey, type PlannedHandler, type PlannedTask } from "./plan/plan.ts";
import type { TaskProps } from "./execute/task-props.ts";
import type { TaskRunner } from "./execute/task-runner.ts";
import type { TaskReporter } from "./execute/task-reporter.ts";
import { notAfter, type RollingQueue } from "./coordinate/rolling-queue.ts";
import type { HostPlayEnd } from "./host-play-end.ts";

export interface HandlerRunnerOptions {
  readonly host: string;
  /** All handlers of the host play, in the order of first appearance. */
  readonly handlers: readonly PlannedHandler[];
  readonly pendingHandlers: PendingHandlers;
  readonly taskProps: TaskProps;
  readonly runner: TaskRunner;
  readonly reporter: TaskReporter;
  readonly rolling: RollingQueue;
}

/** Runs the pending handlers of one host. */
export class HandlerRunner {
  readonly #o: HandlerRunnerOptions;
  /** The failed handlers, until a block rescues them. */
  readonly #failed: PlannedHandler[] = [];

  constructor(options: HandlerRunnerOptions) {
    this.#o = options;
  }

  /** A rescue has dealt with the failed handlers: they are no longer pending. */
  rescued(): void {
    for (const handler of this.#failed.splice(0)) this.#o.pendingHandlers.done(handler);
  }

  /**
   * Runs all notified handlers in the order of first appearance, also those that handlers notify. In the middle of a play,
   * with the ids of the roles that have begun, handlers of other roles that only an earlier run notified wait: what they
   * would restart may not be there before their role's tasks.
   */
  async run(stopping: () => boolean, begun?: ReadonlySet<string>): Promise<HostPlayEnd> {
    const { handlers, pendingHandlers } = this.#o;
    const isDue = (one: PlannedHandler): boolean =>
      pendingHandlers.has(one) && (begun === undefined || begun.has(one.roleId) || pendingHandlers.isOwn(one));
    // At most once per handler, so that two handlers that notify each other end.
    for (let left = handlers.length; left > 0; left--) {
      const planned = handlers.find(isDue);
      if (!planned) break;
      if (stopping()) return "stopped";
      const ended = this.#isNeedless(planned)
        ? "done"
        : planned.handler.oneHostAtATime
          ? await this.#inTurn(planned, stopping)
          : await this.#runHandler(planned);
      if (ended === "failed") this.#failed.push(planned);
      if (ended !== "done") return ended;
      pendingHandlers.done(planned);
    }
    return "done";
  }

  async #inTurn(planned: PlannedHandler, stopping: () => boolean): Promise<HostPlayEnd> {
    const { rolling, host, reporter } = this.#o;
    let ended: HostPlayEnd = "failed";
    const { failedOn } = await rolling.take(handlerKey(planned), host, async () => {
      ended = stopping() ? "stopped" : await this.#runHandler(planned);
      return ended === "done" || ended === "stopped";
    });
    const [task] = planned.handler.tasks;
    if (failedOn !== undefined && task)
      reporter.report(asPlanned(planned, task), "failed", { started: Date.now(), message: notAfter(failedOn) });
    return ended;
  }

  async #runHandler(handler: PlannedHandler): Promise<HostPlayEnd> {
    for (const task of handler.handler.tasks) {
      const planned = asPlanned(handler, task);
      if (this.#isSettled(handler, planned)) continue;
      const ended = await this.#o.runner.run(planned, () => []);
      if (ended === "failed" || ended === "unreachable") return ended;
      if (ended === "changed") this.#o.pendingHandlers.add(planned.roleId, task.handlers);
    }
    return "done";
  }

  /** A start made all its restarts needless, and nothing is left but to wait for what they would have restarted. */
  #isNeedless(planned: PlannedHandler): boolean {
    const tasks = planned.handler.tasks.map((task) => asPlanned(planned, task));
    const rest = tasks.filter((task) => !this.#isSettled(planned, task));
    return rest.length < tasks.length && rest.every(({ task: { does } }) => "resource" in does && does.resource.waits);
  }

  #isSettled(handler: PlannedHandler, planned: PlannedTask): boolean {
    if (!("action" in planned.task.does)) return false;
    try {
      const by = planned.task.does.action.settledBy?.(this.#o.taskProps.props(planned) ?? {});
      return by !== undefined && this.#o.pendingHandlers.isSettled(handler, by);
    } catch {
      // It fails again when it runs, and is reported then.
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
