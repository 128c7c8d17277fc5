import { idOf, type Query } from "../../queries/define.ts";
import type { Seal } from "./seal.ts";

/** What a host answered to one query: its name for people, and a digest of the answer. */
export interface Answered {
  readonly of: string;
  readonly state: string;
}

/** By the digest of the query. */
export type Answers = Readonly<Record<string, Answered>>;

/** Longer names of queries are cut: a shell script may be one. */
const nameLength = 120;

/** Keeps the first answer of each host to each query. Volatile ones are left out: they differ with nobody's doing. */
export class AnswerBook {
  readonly #seal: Seal;
  readonly #cover: (name: string) => string;
  readonly #hosts = new Map<string, Map<string, Answered>>();

  /** `cover` hides secrets in the names of queries. */
  constructor(seal: Seal, cover: (name: string) => string) {
    this.#seal = seal;
    this.#cover = cover;
  }

  /** `user` where another than the play's asked, who may be answered otherwise. */
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

  of(host: string): Answers {
    return Object.fromEntries(this.#hosts.get(host) ?? []);
  }
}

/** The names of the states that are not as they were. What was not asked this time tells nothing. */
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
