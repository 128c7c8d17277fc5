import type { Result } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { isOnController, isOverConnection, unknown, type Difference, type Step } from "../../tasks/resource.ts";
import { isHostQuery, type Query } from "../../queries/define.ts";
import type { States } from "../state/states.ts";
import { isQuery, statesOf, unchanged, type Drift, type Evaluation } from "./compare.ts";

/** Drift with the steps that remove it. */
export interface Change extends Drift {
  readonly steps: readonly Step[];
  /** Follow its steps; several changes that go out together share them. */
  readonly last: readonly string[];
}

export function changeFor(drift: Drift): Change {
  const { resource, props, now, found } = drift;
  const steps = resource.apply(found, now, props);
  return { ...drift, steps, last: resource.together?.(found, now, props) ?? [] };
}

export const allSteps = ({ steps, last }: Pick<Change, "steps" | "last">): readonly Step[] => [...steps, ...last];

/** Forgets the answers that the change made stale. */
export function markStale(change: Change, states: States): void {
  states.changed(staleNeeds(change), change.effects, {
    onController: allSteps(change).every(isOnController),
    reachesController: allSteps(change).some(mayReachController),
  });
}

/** What goes over the connection may bring something from the host. */
const mayReachController = (step: Step): boolean => isOnController(step) || isOverConnection(step);

/** What is known to be as before stays known, so that the next task that needs it too can go out in the same write. */
function staleNeeds(change: Change): Query<unknown>[] {
  const { resource, needs, now, props } = change;
  const worksOnController = allSteps(change).some(mayReachController);
  const made = (resource.makesOnlyItself ? resource.forecast(now, props) : needs) as object;
  return Object.entries(needs)
    .filter(([name, { of }]) => name in made && (worksOnController || isHostQuery(of)))
    .map(([, query]) => query);
}

/**
 * Compares again after the change, once its needs were asked again.
 * Throws TaskError if a difference is left ("did not converge").
 */
export function settle(
  { resource, props, needs, found }: Change,
  states: States,
  results: readonly Result[],
): Evaluation {
  const then = statesOf(needs, states);
  const isComparable = Object.keys(needs).length > 0;
  const left = isComparable ? resource.diff(then, props).filter(({ always }) => !always) : [];
  if (left.length > 0) {
    const why = resource.unsettled === undefined ? "" : `: ${resource.unsettled}`;
    throw new TaskError(`did not converge: ${left.map(describeDifference).join("; ")}${why}`);
  }
  const output: unknown = resource.output?.(then, props, results);
  return resource.waits ? { ...unchanged, output } : { outcome: "changed", differences: found, output };
}

const describeDifference = ({ what, before, after, secret, shownAs = what }: Difference): string =>
  secret || isText(before) || isText(after)
    ? `${shownAs} is not as wanted`
    : `${shownAs} is ${shownState(before)}, expected ${shownState(after)}`;

/** A text of several lines does not fit into a sentence; --diff shows it. */
const isText = (value: unknown): boolean => isQuery(value) || (typeof value === "string" && value.includes("\n"));

function shownState(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === unknown) return "known after apply";
  return typeof value === "string" ? value : JSON.stringify(value);
}
