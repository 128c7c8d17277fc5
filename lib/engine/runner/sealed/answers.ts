import { idOf, type Query } from "../../queries/define.ts";
import type { Addition } from "../../inventory/types.ts";
import type { Seal } from "./seal.ts";

/** A host's answer to one query: the query's name for people, and a digest of the answer. */
export interface Answered {
  readonly of: string;
  readonly state: string;
}

/** The key is the digest of the query. */
export type Answers = Readonly<Record<string, Answered>>;

/** What a plan keeps of an addition to the inventory, beside the answers of its host. */
export function sealAddition(seal: Seal, addition: Addition, by: string): readonly [id: string, sealed: Answered] {
  const { host, groups, parents, vars } = addition;
  const id = seal.digest("addition", [by, host, groups, parents, Object.keys(vars)]);
  return [id, { of: `what ${by} adds to the inventory`, state: seal.digest("added", [id, vars]) }];
}

/** Longer names of queries are cut, because a shell script can be one. */
const nameLength = 120;

/** Keeps the first answer of each host to each query. Volatile answers are left out, because they change by themselves. */
export class AnswerBook {
  readonly #seal: Seal;
  readonly #cover: (name: string) => string;
  readonly #hosts = new Map<string, Map<string, Answered>>();

  /** `cover` hides secrets in the names of queries. */
  constructor(seal: Seal, cover: (name: string) => string) {
    this.#seal = seal;
    this.#cover = cover;
  }

  /** `user` is set if it is not the play's: another user can get another answer. */
  take(host: string, query: Query<unknown>, state: unknown, user?: string): void {
    if (query.of.volatile) return;
    const own = this.#hosts.get(host) ?? new Map<string, Answered>();
    this.#hosts.set(host, own);
    const id = this.#seal.digest("query", user === undefined ? idOf(query) : [user, idOf(query)]);
    if (own.has(id)) return;
    const lasting = without(state, query.of.passing ?? []);
    own.set(id, {
      of: shortened(this.#cover(queryName(query))) + (user === undefined ? "" : `, as ${user}`),
      state: this.#seal.digest("answer", [id, lasting ?? null]),
    });
  }

  /** Keeps what a task adds to the inventory. */
  added(addition: Addition, by: string): void {
    const own = this.#hosts.get(addition.host) ?? new Map<string, Answered>();
    this.#hosts.set(addition.host, own);
    own.set(...sealAddition(this.#seal, addition, by));
  }

  of(host: string): Answers {
    return Object.fromEntries(this.#hosts.get(host) ?? []);
  }
}

/** The names of the states that differ. Queries that were not asked again are ignored. */
export const differing = (then: Answers, now: Answers): string[] =>
  Object.entries(then).flatMap(([id, { of, state }]) => {
    const answer = now[id];
    return answer === undefined || answer.state === state ? [] : [of];
  });

const without = (state: unknown, passing: readonly string[]): unknown =>
  typeof state === "object" && state !== null && passing.length > 0
    ? Object.fromEntries(Object.entries(state).filter(([name]) => !passing.includes(name)))
    : state;

const queryName = ({ of, key }: Query<unknown>): string => `${of.kind} ${key}`.replaceAll(/\s+/g, " ");

const shortened = (name: string): string => (name.length > nameLength ? `${name.slice(0, nameLength)}…` : name);
