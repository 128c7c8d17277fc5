import { TaskError } from "#engine/errors.ts";
import type { Query } from "#engine/queries/define.ts";

/** The state that a query parses from a host's answer, for its own key. */
export const parse = <State>(query: Query<State>, answer: string): State | undefined => parseAll([query], answer)[0];

/** The states of queries of one kind, in their order. */
export function parseAll<State>(queries: readonly [Query<State>, ...Query<State>[]], answer: string) {
  const [{ of }] = queries;
  if (!("parse" in of)) throw new Error(`${of.kind} is asked on the controller`);
  const states = of.parse(
    answer,
    queries.map(({ key }) => key),
  );
  return queries.map(({ key }): State | undefined => {
    const state = states.get(key);
    if (state instanceof TaskError) throw state;
    return state;
  });
}
