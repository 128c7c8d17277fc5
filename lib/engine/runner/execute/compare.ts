import type { Query, WaitOptions } from "../../queries/define.ts";
import { unknown, type Difference, type Effect } from "../../tasks/resource.ts";
import type { AnyResource } from "../../tasks/task.ts";
import { isUnknown, type States } from "../state/states.ts";

export interface Evaluation {
  readonly outcome: "ok" | "changed";
  readonly differences: readonly Difference[];
  readonly output: unknown;
}

/** A resource that is not in its desired state. */
export interface Drift {
  readonly resource: AnyResource;
  readonly props: object;
  readonly needs: Readonly<Record<string, Query<unknown>>>;
  readonly now: Readonly<Record<string, unknown>>;
  /** At least one. */
  readonly found: readonly Difference[];
  readonly effects: readonly Effect[];
  /** That of the states that were compared. */
  readonly epoch: number;
}

export interface CompareOptions {
  readonly states: States;
  /** The queries of later tasks that can be asked in the same write. */
  readonly ahead: () => readonly Query<unknown>[];
  /** Whether to ask for a `before` that is a query, in order to show it. */
  readonly showBefore: boolean;
  /** A read that fails has an unknown output. */
  readonly toleratesFailedReads?: boolean;
  /** Called with what a person should know. */
  readonly warn?: (message: string) => void;
  /** For queries that must wait for their answers. */
  readonly wait?: WaitOptions;
}

/** Asks for the states that the resource needs and compares them with the desired ones. */
export async function compare(
  resource: AnyResource,
  props: object,
  options: CompareOptions,
): Promise<Evaluation | Drift> {
  const { states } = options;
  const needs = resource.needs(props) as Record<string, Query<unknown>>;
  const queries = Object.values(needs);
  // A task for another host may change this one at the same time and make answers stale.
  while (!queries.every((query) => states.has(query))) await states.ask(queries, options.ahead(), options.wait);
  const now = statesOf(needs, states);
  const { epoch } = states;

  // Only forecasts are unknown.
  if (Object.values(now).some(isUnknown)) {
    states.forecast(resource.effects?.(props, []) ?? []);
    return resource.waits || resource.reads
      ? unchanged
      : { outcome: "changed", differences: [knownAfterApply], output: undefined };
  }
  if (options.toleratesFailedReads && resource.reads && !isReadable(resource, now, props)) return unchanged;
  const found = await shown(resource.diff(now, props), options);
  for (const warning of resource.warnings?.(now, props) ?? []) options.warn?.(warning);
  if (found.length === 0) return { ...unchanged, output: resource.output?.(now, props, []) };
  return { resource, props, needs, now, found, effects: resource.effects?.(props, found) ?? [], epoch };
}

/** Whether the answers that were compared still hold: while the lock was awaited, they may have been forgotten. */
export const isCurrent = ({ needs, now, epoch }: Drift, states: States): boolean =>
  epoch === states.epoch &&
  Object.entries(needs).every(([name, query]) => states.has(query) && states.get(query) === now[name]);

export const isDrift = (compared: Evaluation | Drift): compared is Drift => "found" in compared;

export const unchanged: Evaluation = { outcome: "ok", differences: [], output: undefined };

export const knownAfterApply: Difference = { what: "known after apply", before: undefined, after: undefined };

export const statesOf = (
  needs: Readonly<Record<string, Query<unknown>>>,
  states: States,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(needs).map(([name, query]) => [name, states.get(query)]));

function isReadable(resource: AnyResource, now: object, props: object): boolean {
  try {
    resource.diff(now, props);
    return true;
  } catch {
    return false;
  }
}

export const isQuery = (value: unknown): value is Query<unknown> =>
  typeof value === "object" && value !== null && "of" in value && "key" in value;

/** Asks for each `before` that is a query if it will be shown, and drops it otherwise. */
async function shown(found: readonly Difference[], options: CompareOptions): Promise<readonly Difference[]> {
  const asked = found.map(({ before }) => before).filter(isQuery);
  if (asked.length === 0) return found;
  if (options.showBefore) await options.states.ask(asked);
  return found.map((difference) =>
    isQuery(difference.before)
      ? { ...difference, before: options.showBefore ? options.states.get(difference.before) : unknown }
      : difference,
  );
}
