import { idOf, type Query, type QueryKind } from "../../queries/define.ts";
import { unknown } from "../../tasks/resource.ts";
import { asFolder, foldersAbove } from "./folders-above.ts";

interface Answer {
  readonly query: Query<unknown>;
  readonly state: unknown;
}

/** Answers by query. Those that a change makes stale are found without a look at the others. */
export class AnswerTable {
  readonly #answers = new Map<string, Answer>();
  readonly #ofKind = new Map<QueryKind<unknown>, Set<Query<unknown>>>();
  /** By folder: the answers about paths in it, at any depth. */
  readonly #below = new Map<string, Set<Query<unknown>>>();

  get(query: Query<unknown>): Answer | undefined {
    return this.#answers.get(idOf(query));
  }

  keep(query: Query<unknown>, state: unknown): void {
    this.forget(query);
    this.#answers.set(idOf(query), { query, state });
    addTo(this.#ofKind, query.of, query);
    for (const folder of foldersAbove(query)) addTo(this.#below, folder, query);
  }

  forget(query: Query<unknown>): void {
    const known = this.get(query)?.query;
    if (!known) return;
    this.#answers.delete(idOf(known));
    this.#ofKind.get(known.of)?.delete(known);
    for (const folder of foldersAbove(known)) this.#below.get(folder)?.delete(known);
  }

  forgetKinds(isStale: (kind: QueryKind<unknown>) => boolean): void {
    for (const [kind, queries] of this.#ofKind) if (isStale(kind)) for (const query of queries) this.forget(query);
  }

  /** Gives each answer of a kind a new state, but those that are unknown. */
  change(name: string, becomes: (state: unknown, key: string) => unknown): void {
    for (const [kind, queries] of this.#ofKind)
      if (kind.kind === name)
        for (const query of [...queries]) {
          const state = this.get(query)?.state;
          if (state !== unknown) this.keep(query, becomes(state, query.key));
        }
  }

  forgetBelow(folder: string): void {
    for (const query of this.#below.get(asFolder(folder)) ?? []) this.forget(query);
  }

  clear(): void {
    this.#answers.clear();
    this.#ofKind.clear();
    this.#below.clear();
  }
}

function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
