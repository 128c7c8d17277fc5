import type { RunEvent } from "../events/events.ts";
import type { RunInput } from "../run-input.ts";
import { AnswerBook } from "./answers.ts";
import type { Seal } from "./seal.ts";
import type { PredictedChange, PredictedHost } from "./sealed-plan.ts";

/** Records the changes that a check predicts for each host, and the answers that they are based on. */
export class Predictions {
  readonly #answers: AnswerBook;
  readonly #changes = new Map<string, PredictedChange[]>();
  readonly #failed = new Map<string, string>();

  /** Expects events with covered secrets; `cover` hides secrets in everything else. */
  constructor(seal: Seal, cover: (text: string) => string) {
    this.#answers = new AnswerBook(seal, cover);
  }

  readonly answered: NonNullable<RunInput["answered"]> = (host, query, state, user) =>
    this.#answers.take(host, query, state, user);

  take(event: RunEvent): void {
    if (event.type === "play started") for (const host of event.hosts) this.#of(host);
    else if (event.type === "unreachable") this.#fail(event.host, event.message);
    else if (event.type === "task") {
      const { host, outcome, play, role, task, id, handler, kind, label, differences, message = "" } = event;
      if (outcome === "changed") this.#of(host).push({ play, role, task, id, handler, kind, label, differences });
      else if (outcome === "failed" || outcome === "unreachable") this.#fail(host, `${task}: ${message}`);
    }
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
    if (!this.#failed.has(host)) this.#failed.set(host, why);
  }
}
