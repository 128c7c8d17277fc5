import { idOf, type Query } from "../../queries/define.ts";
import { unknown, type Effect } from "../../tasks/resource.ts";

interface Known {
  readonly query: Query<unknown>;
  readonly state: unknown;
}

/** States predicted by a check, kept for the whole run; the latest wins. */
export class Overlay {
  readonly #known = new Map<string, Known>();
  readonly #below: { readonly folder: string; readonly state: "gone" | typeof unknown }[] = [];

  add(effect: Effect): void {
    if (effect === "everything") return;
    if ("query" in effect) this.#known.set(idOf(effect.query), effect);
    else if ("below" in effect && effect.state !== undefined) {
      for (const [id, { query }] of this.#known) if (isBelow(query, effect.below)) this.#known.delete(id);
      this.#below.unshift({ folder: effect.below, state: effect.state });
    }
  }

  /** Undefined if there is no forecast; the forecast state itself may be undefined. */
  of(query: Query<unknown>): { readonly state: unknown } | undefined {
    const known = this.#known.get(idOf(query));
    if (known) return known;
    const found = this.#below.find(({ folder }) => isBelow(query, folder));
    return found && { state: found.state === "gone" ? query.of.ofPath?.gone : unknown };
  }
}

/** Whether a query concerns a path in this folder, at any depth. */
export const isBelow = (query: Query<unknown>, folder: string): boolean =>
  query.of.ofPath !== undefined && query.key.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
