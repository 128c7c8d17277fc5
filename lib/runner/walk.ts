import type { Reader } from "../connection/types.ts";
import type { Difference } from "../resources/define.ts";
import type { AnyResource, Task } from "../resources/task.ts";
import type { Query } from "../queries/define.ts";
import { compare, evaluate, type Answerer } from "./evaluate.ts";
import type { Outcome } from "./events.ts";
import { isUnreachable } from "./hosts.ts";
import { reasonOf } from "./reason.ts";
import { Notified } from "./notified.ts";
import type { Once } from "./once.ts";
import { handlerKey, handlersOf, propsOf, type PlannedHandler, type PlannedTask } from "./plan.ts";
import type { Overlay } from "./overlay.ts";
import { Pipeline, type Waiting } from "./pipeline.ts";
import { States } from "./states.ts";
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
  readonly #pipeline: Pipeline | undefined;
  /** How a task ended that was under way while others were looked at. */
  #lateEnd: "failed" | "unreachable" | undefined;
  #asked = false;

  constructor(options: WalkOptions) {
    this.#o = options;
    const { reader, hostOverlay, controllerOverlay, owed, remember } = options;
    this.#states = new States(reader, hostOverlay, controllerOverlay);
    this.#notified = new Notified(owed, remember);
    this.#teller = new Teller(options);
    const { answerer } = options;
    if (answerer !== "forecast") this.#pipeline = new Pipeline(answerer.writer, this.#states);
  }

  async run(): Promise<WalkEnd> {
    const { tasks } = this.#o;
    for (const [index, planned] of tasks.entries()) {
      if (this.#o.stopping()) return (await this.#settled()) ?? "stopped";
      const ended = await this.#take(planned, () => this.#needsAhead(tasks.slice(index + 1)));
      if (ended !== "done") return ended;
    }
    return (await this.#settled()) ?? this.#runHandlers();
  }

  async #take(planned: PlannedTask, ahead: () => readonly Query<unknown>[]): Promise<WalkEnd> {
    const { task } = planned;
    if (this.#pipeline && !task.once && "resource" in task.does) {
      const ended = await this.#join(this.#pipeline, planned, task.does.resource, ahead);
      if (ended !== "alone") return ended;
    }
    const before = await this.#settled();
    if (before) return before;
    if (this.#o.stopping()) return "stopped";
    if ("meta" in task.does) return task.condition ? this.#runHandlers() : "done";
    const ended = task.once ? await this.#runOnce(planned, ahead) : await this.#runTask(planned, ahead);
    if (ended === "failed" || ended === "unreachable") return ended;
    if (ended === "changed") this.#notified.add(planned.roleId, task.handlers);
    return "done";
  }

  /** Waits for what is under way. Undefined where all of it went well. */
  async #settled(next?: () => readonly Query<unknown>[]): Promise<"failed" | "unreachable" | undefined> {
    await this.#pipeline?.flush(next);
    return this.#lateEnd;
  }

  /** Lets a task take part in what is under way, if it can: otherwise it is for itself, after all that came before. */
  async #join(
    pipeline: Pipeline,
    planned: PlannedTask,
    resource: AnyResource,
    ahead: () => readonly Query<unknown>[],
  ): Promise<WalkEnd | "alone"> {
    const { task } = planned;
    const started = Date.now();
    if (!task.condition) {
      pipeline.inTurn(() => this.#teller.tell(planned, "skipped", "", [], started));
      return "done";
    }
    const props = this.#propsIfMade(planned);
    if (!props) return "alone";
    const needs = this.#needsOf(planned, resource);
    if (!needs.every((query) => this.#states.has(query))) {
      const before = await this.#settled(() => [...needs, ...ahead()]);
      if (before) return before;
    }
    const watch = this.#teller.watch(planned, started);
    try {
      const warnings: string[] = [];
      const compared = await compare(resource, props, {
        states: this.#states,
        forecast: false,
        ahead,
        showBefore: this.#o.diff,
        warn: (message) => warnings.push(message),
      });
      const steps = "outcome" in compared || resource.waits ? undefined : await pipeline.sendable(compared);
      if (!("outcome" in compared) && !steps) return "alone";
      for (const message of warnings) this.#teller.notice(message);
      const label = resource.label(props);
      if ("outcome" in compared) {
        if (compared.output !== undefined) this.#made.set(task.output.of, compared.output);
        pipeline.inTurn(() => this.#teller.tell(planned, compared.outcome, label, [], started));
      } else if (steps) {
        // Before the first step: a change that is cut off half-way still owes its handlers.
        this.#notified.add(planned.roleId, task.handlers);
        pipeline.add(compared, steps, this.#waiting(planned, resource, label, props, compared.found));
        if (pipeline.full) return (await this.#settled()) ?? "done";
      }
      return "done";
    } catch {
      // It fails again when it is alone, and is told then.
      return "alone";
    } finally {
      watch.stop();
    }
  }

  #waiting(
    planned: PlannedTask,
    resource: AnyResource,
    label: string,
    props: object,
    found: readonly Difference[],
  ): Waiting {
    let started = Date.now();
    return {
      begins: () => {
        started = Date.now();
        return this.#teller.watch(planned, started);
      },
      made: ({ outcome, differences, output }) => {
        this.#changed(resource, label, differences);
        if (output !== undefined) this.#made.set(planned.task.output.of, output);
        const shown = resource.labelOfChange?.(differences, props) ?? label;
        this.#teller.tell(planned, outcome, shown, differences, started);
        this.#notified.add(planned.roleId, planned.task.handlers);
      },
      failed: (error) => {
        this.#lateEnd = isUnreachable(error) ? "unreachable" : "failed";
        this.#teller.tell(planned, this.#lateEnd, label, found, started, reasonOf(error));
      },
    };
  }

  #changed({ kind }: AnyResource, label: string, differences: readonly Difference[]): void {
    this.#notified.changed(
      kind,
      label,
      differences.map(({ what }) => what),
    );
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

  #propsIfMade(planned: PlannedTask): object | undefined {
    try {
      return this.#propsOf(planned);
    } catch {
      return undefined;
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
          await takeSteps(answerer.writer, task.does.action.steps(props), watch.progress);
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
        announce: (found) => {
          announced = found;
          // Before the first step: a change that is cut off half-way still owes its handlers.
          this.#notified.add(planned.roleId, task.handlers);
        },
        warn: (message) => this.#teller.notice(message),
      });
      if (output !== undefined) this.#made.set(task.output.of, output);
      if (outcome === "changed") this.#changed(resource, label, differences);
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
