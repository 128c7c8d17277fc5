import type { Reader } from "../connection/types.ts";
import type { Difference } from "../resources/define.ts";
import type { AnyResource, Task } from "../resources/task.ts";
import type { Query } from "../queries/define.ts";
import { evaluate, type Answerer } from "./evaluate.ts";
import type { Outcome } from "./events.ts";
import type { Gate } from "./gate.ts";
import { isUnreachable } from "./hosts.ts";
import { reasonOf } from "./reason.ts";
import { Notified } from "./notified.ts";
import type { Once } from "./once.ts";
import { handlerKey, handlersOf, propsOf, type PlannedHandler, type PlannedTask } from "./plan.ts";
import type { Overlay } from "./overlay.ts";
import { States, type Answered } from "./states.ts";
import { takeSteps } from "./steps.ts";
import { Teller, type TellerOptions } from "./teller.ts";
import type { Turns } from "./turns.ts";

export interface WalkOptions extends TellerOptions {
  readonly reader: Reader;
  /** A forecast in check mode, which has no way to change the host. */
  readonly answerer: Answerer;
  readonly tasks: readonly PlannedTask[];
  readonly diff: boolean;
  readonly hostOverlay: Overlay;
  readonly controllerOverlay: Overlay;
  /** The handlers owed from an earlier run. */
  readonly owed: ReadonlySet<string>;
  /** Is told which handlers are owed as soon as that changes: a killed run leaves the truth behind. */
  readonly remember: (pending: ReadonlySet<string>) => void;
  readonly turns: Turns;
  readonly once: Once;
  readonly stopping: () => boolean;
  /** Comes before each change, in a real run. */
  readonly gate?: Gate;
  /** Is told each answer as it comes. */
  readonly answered?: Answered;
}

type HandlerEnd = "ok" | "failed" | "unreachable";
export type WalkEnd = "done" | "failed" | "unreachable" | "stopped";

/** One host's way through one play: its tasks in order, then the handlers they notified. */
export class Walk {
  readonly #o: WalkOptions;
  readonly #states: States;
  readonly #made = new Map<Task, unknown>();
  readonly #props = new Map<PlannedTask, object>();
  readonly #notified: Notified;
  readonly #teller: Teller;
  #asked = false;

  constructor(options: WalkOptions) {
    this.#o = options;
    const { reader, hostOverlay, controllerOverlay, owed, remember, answered } = options;
    this.#states = new States(reader, hostOverlay, controllerOverlay, answered);
    this.#notified = new Notified(owed, remember);
    this.#teller = new Teller(options);
  }

  async run(): Promise<WalkEnd> {
    const { tasks } = this.#o;
    for (const [index, planned] of tasks.entries()) {
      if (this.#o.stopping()) return "stopped";
      if ("meta" in planned.task.does) {
        const flushed = planned.task.condition ? await this.#runHandlers() : "done";
        if (flushed !== "done") return flushed;
        continue;
      }
      const ahead = () => this.#needsAhead(tasks.slice(index + 1));
      const ended = planned.task.once ? await this.#runOnce(planned, ahead) : await this.#runTask(planned, ahead);
      if (ended === "failed" || ended === "unreachable") return ended;
      if (ended === "changed") this.#notified.add(planned.roleId, planned.task.handlers);
    }
    return this.#runHandlers();
  }

  /** One host does it for all; the others get its output, and fail where it failed. */
  async #runOnce(planned: PlannedTask, ahead: () => readonly Query<unknown>[]): Promise<Outcome> {
    const { once, host } = this.#o;
    const { task, id } = planned;
    const shared = await once.turn(id, host);
    if (this.#o.stopping()) return "skipped";
    if (!shared) {
      const outcome = await this.#runTask(planned, ahead);
      // Where the host was lost, another takes its place.
      if (outcome !== "unreachable") once.done(id, { host, outcome, output: this.#made.get(task.output.of) });
      return outcome;
    }
    if (shared.outcome === "failed")
      return this.#teller.tell(
        planned,
        "failed",
        "",
        [],
        Date.now(),
        `it failed on ${shared.host}, which did it for all hosts`,
      );
    if (shared.output !== undefined) this.#made.set(task.output.of, shared.output);
    return "ok";
  }

  /** All that were notified, in the order of their first appearance; also those that handlers notify. */
  async #runHandlers(): Promise<WalkEnd> {
    const handlers = handlersOf(this.#o.tasks);
    // As often as there are handlers: two that notify each other must not go on for ever.
    for (let left = handlers.length; left > 0; left--) {
      const planned = handlers.find((one) => this.#notified.has(one));
      if (!planned) break;
      if (this.#o.stopping()) return "stopped";
      const ended = planned.handler.oneHostAtATime ? await this.#inTurn(planned) : await this.#runHandler(planned);
      if (ended !== "ok") return ended;
      this.#notified.done(planned);
    }
    return "done";
  }

  async #inTurn(planned: PlannedHandler): Promise<HandlerEnd> {
    let ended: HandlerEnd = "failed";
    const { failedOn } = await this.#o.turns.take(handlerKey(planned), this.#o.host, async () => {
      ended = await this.#runHandler(planned);
      return ended === "ok";
    });
    const [task] = planned.handler.tasks;
    if (failedOn !== undefined && task)
      this.#teller.tell(asPlanned(planned, task), "failed", "", [], Date.now(), notAfter(failedOn));
    return ended;
  }

  async #runHandler(handler: PlannedHandler): Promise<HandlerEnd> {
    for (const task of handler.handler.tasks) {
      const planned = asPlanned(handler, task);
      if (this.#isSettled(handler, planned)) continue;
      const ended = await this.#runTask(planned, () => []);
      if (ended === "failed" || ended === "unreachable") return ended;
      if (ended === "changed") this.#notified.add(planned.roleId, task.handlers);
    }
    return "ok";
  }

  #isSettled(handler: PlannedHandler, planned: PlannedTask): boolean {
    if (!("action" in planned.task.does)) return false;
    const by = planned.task.does.action.settledBy?.(this.#propsOf(planned) ?? {});
    return by !== undefined && this.#notified.isSettled(handler, by);
  }

  /** What the tasks ahead will ask, as far as it can be told now. Volatile answers are not worth asking early again. */
  #needsAhead(tasks: readonly PlannedTask[]): Query<unknown>[] {
    const again = this.#asked;
    this.#asked = true;
    return tasks.flatMap((planned) => {
      if (!planned.task.condition) return [];
      if (!("resource" in planned.task.does)) return [];
      const needs = this.#needsOf(planned, planned.task.does.resource);
      return again ? needs.filter((query) => !query.of.volatile) : needs;
    });
  }

  /** What a task will ask. Where that cannot be told, the task itself says why when its turn comes. */
  #needsOf(planned: PlannedTask, resource: AnyResource): Query<unknown>[] {
    try {
      const props = this.#propsOf(planned);
      return props ? Object.values(resource.needs(props) as Record<string, Query<unknown>>) : [];
    } catch {
      return [];
    }
  }

  /** Made once: templates are rendered in it. */
  #propsOf(planned: PlannedTask): object | undefined {
    const props = this.#props.get(planned) ?? propsOf(planned, this.#made);
    if (props) this.#props.set(planned, props);
    return props;
  }

  async #runTask(planned: PlannedTask, ahead: () => readonly Query<unknown>[]): Promise<Outcome> {
    const { task } = planned;
    if (!task.condition) return this.#teller.tell(planned, "skipped", "", [], Date.now());
    const started = Date.now();
    const watch = this.#teller.watch(planned, started);
    let label = "";
    let announced: readonly Difference[] = [];
    try {
      const props = this.#propsOf(planned);
      if (!props) return this.#unmade(planned, started);
      if ("meta" in task.does) return "ok";
      if ("action" in task.does) {
        label = task.does.action.label(props);
        const { answerer } = this.#o;
        if (answerer !== "forecast") {
          const steps = task.does.action.steps(props);
          await this.#o.gate?.({ planned, differences: [], steps });
          await takeSteps(answerer.writer, steps, watch.progress);
          this.#states.changed([], ["everything"]);
        }
        this.#notified.changed(task.does.action.kind, label, []);
        return this.#teller.tell(planned, "changed", label, [], started);
      }
      const { resource } = task.does;
      label = resource.label(props);
      const { outcome, differences, output } = await evaluate(resource, props, {
        states: this.#states,
        answerer: this.#o.answerer,
        progress: watch.progress,
        ahead,
        showBefore: this.#o.diff,
        gate: async (differences, steps) => this.#o.gate?.({ planned, differences, steps }),
        announce: (found) => {
          announced = found;
          // Before the first step: a change that is cut off half-way still owes its handlers.
          this.#notified.add(planned.roleId, task.handlers);
        },
        warn: (message) => this.#teller.notice(message),
      });
      if (output !== undefined) this.#made.set(task.output.of, output);
      if (outcome === "changed")
        this.#notified.changed(
          resource.kind,
          label,
          differences.map(({ what }) => what),
        );
      const shown = outcome === "changed" ? resource.labelOfChange?.(differences, props) : undefined;
      return this.#teller.tell(planned, outcome, shown ?? label, differences, started);
    } catch (error) {
      const outcome = isUnreachable(error) ? "unreachable" : "failed";
      return this.#teller.tell(planned, outcome, label, announced, started, reasonOf(error));
    } finally {
      watch.stop();
    }
  }

  /** In check mode an output may not exist yet; in a real run its task was skipped or limited away. */
  #unmade(planned: PlannedTask, started: number): Outcome {
    if (this.#o.answerer === "forecast")
      return this.#teller.tell(
        planned,
        "changed",
        "",
        [{ what: "known after apply", before: undefined, after: undefined }],
        started,
      );
    return this.#teller.tell(planned, "failed", "", [], started, "it needs the output of a task that did not run");
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
