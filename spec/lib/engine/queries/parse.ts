import { TaskError } from "#engine/errors.ts";
import type { Query } from "#engine/queries/define.ts";

/** The state that a query parses from a host's answer, for its own key. */
export function parse<State>({ of, key }: Query<State>, answer: string): State | undefined {
  if (!("parse" in of)) throw new Error(`${of.kind} is asked on the controller`);
  const state = of.parse(answer, [key]).get(key);
  if (state instanceof TaskError) throw state;
  return state;
}
