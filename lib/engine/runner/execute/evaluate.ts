import type { Result, Writer } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import type { Query, WaitOptions } from "../../queries/define.ts";
import {
  isOnController,
  unknown,
  type Difference,
  type Effect,
  type Progress,
  type RunSurroundings,
  type Step,
} from "../../tasks/resource.ts";
import type { AnyResource } from "../../tasks/task.ts";
import { isUnknown, type States } from "../state/states.ts";
import { takeSteps } from "./steps.ts";

export interface Evaluation {
  readonly outcome: "ok" | "changed";
  readonly differences: readonly Difference[];
  readonly output: unknown;
}

/** Who answers after a change: the host (a writer) or the forecast. The one place where check mode differs. */
export type ExecutionMode = { readonly writer: Writer } | "forecast";

export interface CompareOptions {
  readonly states: States;
  readonly forecast: boolean;
  /** The queries of the tasks ahead that can be asked in the same write. */
  readonly ahead: () => readonly Query<unknown>[];
  /** Whether a `before` that is a query shall be asked, to be shown. */
  readonly showBefore: boolean;
  /** Is told what a person should know. */
  readonly warn?: (message: string) => void;
  /** For queries that have to wait for their answers. */
  readonly wait?: WaitOptions;
}

export interface EvaluateOptions extends Omit<CompareOptions, "forecast" | "wait"> {
  readonly mode: ExecutionMode;
  readonly progress: Progress;
  readonly stopping?: () => boolean;
  readonly run?: RunSurroundings;
  /** For its shell commands. */
  readonly environment?: Readonly<Record<string, string>>;
  /** May refuse a change, by a rejection, before it is announced. A wait changes nothing and passes by. */
  readonly approve?: (found: readonly Difference[], steps: readonly Step[]) => Promise<void>;
  /** Is told of the differences before they are removed. */
  readonly announce?: (differences: readonly Difference[]) => void;
}

/** What has to be done on a host, and how to tell afterwards whether it helped. */
export interface Change {
  readonly resource: AnyResource;
  readonly props: object;
  readonly needs: Readonly<Record<string, Query<unknown>>>;
  readonly found: readonly Difference[];
  readonly steps: readonly Step[];
  /** Come after its steps; where several changes go out together, once for all of them. */
  readonly last: readonly string[];
  readonly effects: readonly Effect[];
}

/** Compares, changes where needed, and looks again: "did not converge" is an error. */
export async function evaluate(resource: AnyResource, props: object, options: EvaluateOptions): Promise<Evaluation> {
  const { states, mode, ahead, progress, stopping = () => false } = options;
  const wait = { progress, stopping };
  const change = await compare(resource, props, { ...options, wait, forecast: mode === "forecast" });
  if ("outcome" in change || mode === "forecast") return change as Evaluation;
  if (!resource.waits) {
    await options.approve?.(change.found, allSteps(change));
    options.announce?.(change.found);
  }
  const results = await takeSteps(mode.writer, allSteps(change), options);
  madeStale(change, states);
  const judged = resource.judge?.(results, props) ?? "changed";
  const queries = Object.values(change.needs);
  while (!queries.every((query) => states.has(query))) await states.ask(queries, ahead(), wait);
  const evaluation = settle(change, states, results);
  return judged === "ok" ? { ...evaluation, outcome: "ok", differences: [] } : evaluation;
}

/** Asks what the resource needs. Where something differs, check mode goes on with the forecast; else a change is due. */
export async function compare(
  resource: AnyResource,
  props: object,
  options: CompareOptions,
): Promise<Evaluation | Change> {
  const { states } = options;
  const needs = resource.needs(props) as Record<string, Query<unknown>>;
  const queries = Object.values(needs);
  // Work for another host may touch this one meanwhile: what it made stale is asked again.
  while (!queries.every((query) => states.has(query))) await states.ask(queries, options.ahead(), options.wait);
  const now = read(needs, states);
  const out = (state: object): unknown => resource.output?.(state, props, []);

  if (Object.values(now).some(isUnknown)) {
    states.forecast(resource.effects?.(props, []) ?? []);
    if (resource.waits) return { outcome: "ok", differences: [], output: undefined };
    return { outcome: "changed", differences: [knownAfterApply], output: undefined };
  }
  if (options.forecast && resource.reads && !isReadable(resource, now, props))
    return { outcome: "ok", differences: [], output: undefined };
  const found = await shown(resource.diff(now, props), options);
  for (const warning of resource.warnings?.(now, props) ?? []) options.warn?.(warning);
  if (found.length === 0) return { outcome: "ok", differences: [], output: out(now) };
  const effects = resource.effects?.(props, found) ?? [];
  if (!options.forecast) {
    const steps = resource.apply(found, now, props);
    return { resource, props, needs, found, effects, steps, last: resource.together?.(found, now, props) ?? [] };
  }

  const after = resource.forecast(now, props) as Record<string, unknown>;
  states.forecast([
    ...effects,
    ...Object.entries(after).flatMap(([name, state]) => {
      const query = needs[name];
      return query ? [{ query, state }] : [];
    }),
  ]);
  if (resource.waits) return { outcome: "ok", differences: [], output: undefined };
  // Nobody knows what a command will say.
  const isMade = !resource.judge && !Object.values(after).some(isUnknown);
  const made = isMade ? out({ ...now, ...after }) : undefined;
  return { outcome: "changed", differences: found, output: made };
}

/** What the change has touched has to be asked again. */
export function madeStale(change: Change, states: States): void {
  const { needs, effects } = change;
  states.changed(Object.values(needs), effects, { onController: allSteps(change).every(isOnController) });
}

export const allSteps = ({ steps, last }: Pick<Change, "steps" | "last">): readonly Step[] => [...steps, ...last];

/** Once its needs were asked again: whether they are as wanted now. */
export function settle(
  { resource, props, needs, found }: Change,
  states: States,
  results: readonly Result[],
): Evaluation {
  const then = read(needs, states);
  const queried = Object.keys(needs).length > 0;
  const left = queried ? resource.diff(then, props).filter(({ always }) => !always) : [];
  if (left.length > 0) throw new TaskError(`did not converge: ${left.map(describeDifference).join("; ")}`);
  const output: unknown = resource.output?.(then, props, results);
  return resource.waits
    ? { outcome: "ok", differences: [], output }
    : { outcome: "changed", differences: found, output };
}

function isReadable(resource: AnyResource, now: object, props: object): boolean {
  try {
    resource.diff(now, props);
    return true;
  } catch {
    return false;
  }
}

export const knownAfterApply: Difference = { what: "known after apply", before: undefined, after: undefined };

const read = (needs: Record<string, Query<unknown>>, states: States): Record<string, unknown> =>
  Object.fromEntries(Object.entries(needs).map(([name, query]) => [name, states.get(query)]));

const describeDifference = ({ what, before, after, secret }: Difference): string =>
  secret || isText(before) || isText(after)
    ? `${what} is not as wanted`
    : `${what} is ${word(before)}, expected ${word(after)}`;

/** What does not fit into a sentence; --diff shows it. */
const isText = (value: unknown): boolean => isQuery(value) || (typeof value === "string" && value.includes("\n"));

function word(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === unknown) return "known after apply";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const isQuery = (value: unknown): value is Query<unknown> =>
  typeof value === "object" && value !== null && "of" in value && "key" in value;

/** Asks for each `before` that is a query when it will be shown, and drops it otherwise. */
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
