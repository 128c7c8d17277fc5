import { readOnly } from "../connection/reader.ts";
import { unknown, type Difference, type Progress } from "../resources/define.ts";
import type { AnyResource, Task } from "../resources/task.ts";
import type { Query } from "../queries/define.ts";
import { evaluate } from "./evaluate.ts";
import type { Emit, Outcome, ShownDifference } from "./events.ts";
import { isUnreachable, type LiveHost } from "./hosts.ts";
import { reasonOf } from "./reason.ts";
import { handlerKey, handlersOf, nameOf, propsOf, type PlannedHandler, type PlannedTask } from "./plan.ts";
import { States, type Overlay } from "./states.ts";
import { takeSteps } from "./steps.ts";
import type { Turns } from "./turns.ts";

export interface WalkOptions {
  readonly play: string;
  readonly host: string;
  readonly live: LiveHost;
  readonly tasks: readonly PlannedTask[];
  readonly check: boolean;
  readonly diff: boolean;
  readonly emit: Emit;
  readonly hostOverlay: Overlay;
  readonly controllerOverlay: Overlay;
  /** The handlers owed from an earlier run. */
  readonly owed: ReadonlySet<string>;
  /** Is told which handlers are owed as soon as that changes: a killed run leaves the truth behind. */
  readonly remember: (pending: ReadonlySet<string>) => void;
  readonly turns: Turns;
  readonly stopping: () => boolean;
  readonly first: boolean;
}

export type WalkEnd = "done" | "failed" | "unreachable" | "stopped";

/** One host's way through one play: its tasks in order, then the handlers they notified. */
export class Walk {
  readonly #o: WalkOptions;
  readonly #states: States;
  readonly #made = new Map<Task, unknown>();
  readonly #notified = new Map<string, number>();
  readonly #changes: {
    readonly kind: string;
    readonly label: string;
    readonly what: readonly string[];
    readonly at: number;
  }[] = [];
  #clock = 0;
  #asked = false;

  constructor(options: WalkOptions) {
    this.#o = options;
    const { live, hostOverlay, controllerOverlay, owed } = options;
    this.#states = new States(readOnly(live.writer), hostOverlay, controllerOverlay);
    for (const key of owed) this.#notified.set(key, 0);
  }

  async run(): Promise<WalkEnd> {
    const { tasks } = this.#o;
    for (const [index, planned] of tasks.entries()) {
      if (this.#o.stopping()) return "stopped";
      const ended = await this.#runTask(planned, () => this.#needsAhead(tasks.slice(index + 1)));
      if (ended === "failed" || ended === "unreachable") return ended;
      if (ended === "changed") this.#notify(planned);
    }
    for (const planned of handlersOf(tasks)) {
      const key = handlerKey(planned);
      if (!this.#notified.has(key)) continue;
      if (this.#o.stopping()) return "stopped";
      const work = () => this.#runHandler(planned, this.#notified.get(key) ?? 0);
      const ended = planned.handler.oneHostAtATime ? await this.#o.turns.take(key, work) : await work();
      if (ended !== "ok") return ended;
      this.#notified.delete(key);
      this.#remember();
    }
    return "done";
  }

  #notify({ role, task }: PlannedTask): void {
    if (task.handlers.length === 0) return;
    for (const handler of task.handlers) this.#notified.set(handlerKey({ role, handler }), ++this.#clock);
    this.#remember();
  }

  #remember(): void {
    this.#o.remember(new Set(this.#notified.keys()));
  }

  async #runHandler({ role, handler }: PlannedHandler, notifiedAt: number): Promise<"ok" | "failed" | "unreachable"> {
    for (const task of handler.tasks) {
      const planned: PlannedTask = { role, task, tags: [], handler: true };
      if (this.#isSettled(planned, notifiedAt)) continue;
      const ended = await this.#runTask(planned, () => []);
      if (ended === "failed" || ended === "unreachable") return ended;
    }
    return "ok";
  }

  /** A service that was started after the notification has read its new configuration already. */
  #isSettled(planned: PlannedTask, notifiedAt: number): boolean {
    if (!("action" in planned.task.does)) return false;
    const by = planned.task.does.action.settledBy?.(propsOf(planned, this.#made) ?? {});
    return (
      !!by &&
      this.#changes.some(
        (c) =>
          c.kind === by.kind &&
          c.label === by.label &&
          c.at > notifiedAt &&
          (by.what === undefined || c.what.includes(by.what)),
      )
    );
  }

  /** What the tasks ahead will ask, as far as it can be told now. Volatile answers are not worth asking early again. */
  #needsAhead(tasks: readonly PlannedTask[]): Query<unknown>[] {
    const again = this.#asked;
    this.#asked = true;
    return tasks.flatMap((planned) => {
      if (!planned.task.condition || (planned.task.once && !this.#o.first)) return [];
      if (!("resource" in planned.task.does)) return [];
      const needs = needsOf(planned, planned.task.does.resource, this.#made);
      return again ? needs.filter((query) => !query.of.volatile) : needs;
    });
  }

  async #runTask(planned: PlannedTask, ahead: () => readonly Query<unknown>[]): Promise<Outcome> {
    const { task } = planned;
    if (!task.condition || (task.once && !this.#o.first)) return this.#tell(planned, "skipped", "", [], Date.now());
    const started = Date.now();
    const watch = this.#watch(planned, started);
    let label = "";
    let announced: readonly Difference[] = [];
    try {
      const props = propsOf(planned, this.#made);
      if (!props) return this.#unmade(planned, started);
      if ("action" in task.does) {
        label = task.does.action.label(props);
        if (!this.#o.check) {
          await takeSteps(this.#o.live.writer, task.does.action.steps(props), watch.progress);
          this.#states.changed([], []);
        }
        this.#changes.push({ kind: task.does.action.kind, label, what: [], at: ++this.#clock });
        return this.#tell(planned, "changed", label, [], started);
      }
      const { resource } = task.does;
      label = resource.label(props);
      const { outcome, differences, output } = await evaluate(resource, props, {
        states: this.#states,
        answerer: this.#o.check ? "forecast" : { writer: this.#o.live.writer },
        progress: watch.progress,
        ahead,
        showBefore: this.#o.diff,
        announce: (found) => {
          announced = found;
          // Before the first step: a change that is cut off half-way still owes its handlers.
          this.#notify(planned);
        },
        warn: (message) => this.#o.emit({ type: "notice", message }),
      });
      if (output !== undefined) this.#made.set(task.output.of, output);
      if (outcome === "changed")
        this.#changes.push({
          kind: resource.kind,
          label,
          what: differences.map(({ what }) => what),
          at: ++this.#clock,
        });
      const shown = outcome === "changed" ? resource.labelOfChange?.(differences, props) : undefined;
      return this.#tell(planned, outcome, shown ?? label, differences, started);
    } catch (error) {
      const outcome = isUnreachable(error) ? "unreachable" : "failed";
      return this.#tell(planned, outcome, label, announced, started, reasonOf(error));
    } finally {
      watch.stop();
    }
  }

  /** In check mode an output may not exist yet; in a real run its task was skipped or limited away. */
  #unmade(planned: PlannedTask, started: number): Outcome {
    if (this.#o.check)
      return this.#tell(
        planned,
        "changed",
        "",
        [{ what: "known after apply", before: undefined, after: undefined }],
        started,
      );
    return this.#tell(planned, "failed", "", [], started, "it needs the output of a task that did not run");
  }

  #tell(
    planned: PlannedTask,
    outcome: Outcome,
    label: string,
    differences: readonly Difference[],
    started: number,
    message?: string,
  ): Outcome {
    const { does } = planned.task;
    this.#o.emit({
      type: "task",
      play: this.#o.play,
      host: this.#o.host,
      ...nameOf(planned),
      kind: "resource" in does ? does.resource.kind : does.action.kind,
      label,
      outcome,
      differences: differences.map(asShown),
      ...(message !== undefined && { message }),
      seconds: (Date.now() - started) / 1000,
    });
    return outcome;
  }

  /** Says every ten seconds that a task is still at work, with the last thing it said. */
  #watch(planned: PlannedTask, started: number): { progress: Progress; stop: () => void } {
    let line = "still running";
    const timer = setInterval(() => {
      const { role, task } = nameOf(planned);
      const seconds = (Date.now() - started) / 1000;
      this.#o.emit({ type: "progress", play: this.#o.play, host: this.#o.host, role, task, line, seconds });
    }, 10_000);
    return { progress: (said) => (line = said), stop: () => clearInterval(timer) };
  }
}

/** What a task will ask. Where that cannot be told, the task itself says why when its turn comes. */
function needsOf(planned: PlannedTask, resource: AnyResource, made: ReadonlyMap<Task, unknown>): Query<unknown>[] {
  try {
    const props = propsOf(planned, made);
    return props ? Object.values(resource.needs(props) as Record<string, Query<unknown>>) : [];
  } catch {
    return [];
  }
}

const asShown = ({ what, before, after, secret }: Difference): ShownDifference =>
  secret ? { what, before: "(secret)", after: "(secret)" } : { what, before: plain(before), after: plain(after) };

const plain = (value: unknown): unknown => (value === unknown ? "(known after apply)" : value);
