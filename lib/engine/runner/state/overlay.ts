import type { Query } from "../../queries/define.ts";
import { unknown, type Effect } from "../../tasks/resource.ts";
import { AnswerTable } from "./answer-table.ts";
import { asFolder, foldersAbove } from "./folders-above.ts";

interface Below {
  readonly state: "gone" | typeof unknown;
  /** Grows with each forecast. */
  readonly at: number;
}

/** States predicted by a check, kept for the whole run; the latest wins. */
export class Overlay {
  readonly #known = new AnswerTable();
  readonly #below = new Map<string, Below>();
  readonly #becoming = new Map<string, ((state: unknown, key: string) => unknown)[]>();
  #clock = 0;
  #open = false;
  #isEmpty = true;

  /** Whether a predicted change may have made anything, so that nothing is certainly missing. */
  get open(): boolean {
    return this.#open;
  }

  /** Whether no change is predicted. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  add(effect: Effect): void {
    this.#isEmpty = false;
    if (effect === "everything") {
      this.#open = true;
      return;
    }
    if ("query" in effect) this.#known.keep(effect.query, effect.state);
    else if ("below" in effect && effect.state !== undefined) {
      this.#known.forgetBelow(effect.below);
      this.#below.set(asFolder(effect.below), { state: effect.state, at: ++this.#clock });
    } else if ("becomes" in effect) {
      this.#known.change(effect.kind, effect.becomes);
      this.#becoming.set(effect.kind, [...(this.#becoming.get(effect.kind) ?? []), effect.becomes]);
    }
  }

  /** Undefined if there is no forecast; the forecast state itself may be undefined. */
  of(query: Query<unknown>): { readonly state: unknown } | undefined {
    const known = this.#known.get(query);
    if (known || this.#below.size === 0) return known;
    const [found] = foldersAbove(query)
      .flatMap((folder) => this.#below.get(folder) ?? [])
      .sort((a, b) => b.at - a.at);
    return found && { state: found.state === "gone" ? query.of.ofPath?.gone : unknown };
  }

  /** What becomes of an answer of the host. */
  after({ of, key }: Query<unknown>, answer: unknown): unknown {
    const all = this.#becoming.get(of.kind) ?? [];
    return all.reduce((state, becomes) => becomes(state, key), answer);
  }
}

/** Whether a query concerns a path in this folder, at any depth. */
export const isBelow = (query: Query<unknown>, folder: string): boolean =>
  foldersAbove(query).includes(asFolder(folder));
