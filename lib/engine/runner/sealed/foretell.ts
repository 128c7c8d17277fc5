import type { RunEvent } from "../events/events.ts";
import type { RunInput } from "../run-input.ts";
import { AnswerBook } from "./answers.ts";
import type { Seal } from "./seal.ts";
import type { ForetoldChange, ForetoldHost } from "./sealed-plan.ts";

/** Takes down what a check foretells of each host, and the answers that it is based on. */
export class Foretelling {
  readonly #answers: AnswerBook;
  readonly #changes = new Map<string, ForetoldChange[]>();
  readonly #failed = new Map<string, string>();

  /** Takes events whose secrets are covered; `cover` does the same for what is not told in events. */
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

  get hosts(): Record<string, ForetoldHost> {
    return Object.fromEntries(
      [...this.#changes].map(([host, changes]) => {
        const failed = this.#failed.get(host);
        return [host, { ...(failed !== undefined && { failed }), changes, answers: this.#answers.of(host) }];
      }),
    );
  }

  #of(host: string): ForetoldChange[] {
    const known = this.#changes.get(host) ?? [];
    this.#changes.set(host, known);
    return known;
  }

  #fail(host: string, why: string): void {
    this.#of(host);
    if (!this.#failed.has(host)) this.#failed.set(host, why);
  }
}
