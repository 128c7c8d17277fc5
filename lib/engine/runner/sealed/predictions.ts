import type { RunEvent, TaskResult } from "../events/events.ts";
import type { RunInput } from "../run-input.ts";
import { AnswerBook } from "./answers.ts";
import type { Seal } from "./seal.ts";
import { sealChange, sealTask, type SealedChange } from "./sealed-change.ts";
import type { PredictedChange, PredictedHost } from "./sealed-plan.ts";

/** Records the changes that a check predicts for each host, and the answers that they are based on. */
export class Predictions {
  readonly #seal: Seal;
  readonly #cover: <T>(value: T) => T;
  readonly #answers: AnswerBook;
  readonly #changes = new Map<string, PredictedChange[]>();
  readonly #failed = new Map<string, string>();
  /** Predicted changes whose task has not ended yet. */
  readonly #coming = new Map<string, SealedChange>();

  /** `cover` hides secrets in all that people read. */
  constructor(seal: Seal, cover: <T>(value: T) => T) {
    this.#seal = seal;
    this.#cover = cover;
    this.#answers = new AnswerBook(seal, cover);
  }

  readonly answered: NonNullable<RunInput["answered"]> = (host, query, state, user) =>
    this.#answers.take(host, query, state, user);

  readonly beforeAddition: NonNullable<RunInput["beforeAddition"]> = (addition, by) =>
    this.#answers.added(addition, by);

  readonly beforeChange: NonNullable<RunInput["beforeChange"]> = (host, play, change) => {
    const is = sealTask(this.#seal, play, change.planned.id, change.planned.task.name);
    this.#coming.set(key(host, is), sealChange(this.#seal, change));
    return Promise.resolve();
  };

  /** Takes the events as they are, without covered secrets. */
  take(covered: RunEvent, event: RunEvent = covered): void {
    if (event.type === "play started") for (const host of event.hosts) this.#of(host);
    else if (event.type === "unreachable") this.#fail(event.host, event.message);
    else if (event.type === "task") this.#take(event);
  }

  #take(event: TaskResult): void {
    const { host, outcome, play, role, task, id, handler, kind, label, differences, message = "" } = event;
    const is = sealTask(this.#seal, play, id, task);
    const sealed = this.#coming.get(key(host, is));
    this.#coming.delete(key(host, is));
    if (outcome === "changed") {
      const shown = this.#cover({ play, role, task, handler, kind, label, differences });
      this.#of(host).push({ ...shown, is, ...(sealed && { sealed }) });
    } else if (outcome === "failed" || outcome === "unreachable") this.#fail(host, `${task}: ${message}`);
  }

  get hosts(): Record<string, PredictedHost> {
    return Object.fromEntries(
      [...this.#changes].map(([host, changes]) => {
        const failed = this.#failed.get(host);
        return [host, { ...(failed !== undefined && { failed }), changes, answers: this.#answers.of(host) }];
      }),
    );
  }

  #of(host: string): PredictedChange[] {
    const known = this.#changes.get(host) ?? [];
    this.#changes.set(host, known);
    return known;
  }

  #fail(host: string, why: string): void {
    this.#of(host);
    if (!this.#failed.has(host)) this.#failed.set(host, this.#cover(why));
  }
}

const key = (host: string, is: string): string => `${host}\0${is}`;
