import type { Writer } from "../connection/types.ts";
import { TaskError } from "../errors.ts";
import type { Query } from "../queries/define.ts";
import { unknown, type Difference, type Progress, type Step } from "../resources/define.ts";
import type { AnyResource } from "../resources/task.ts";
import { isOnController } from "./gate.ts";
import { isUnknown, type States } from "./states.ts";
import { takeSteps } from "./steps.ts";

export interface Evaluation {
  readonly outcome: "ok" | "changed";
  readonly differences: readonly Difference[];
  readonly output: unknown;
}

/** Who answers after a change: the host (a writer) or the forecast. The one place where check mode differs. */
export type Answerer = { readonly writer: Writer } | "forecast";

export interface EvaluateOptions {
  readonly states: States;
  readonly answerer: Answerer;
  readonly progress: Progress;
  /** The queries of the tasks ahead that can be asked in the same write. */
  readonly ahead: () => readonly Query<unknown>[];
  /** Whether a `before` that is a query shall be asked, to be shown. */
  readonly showBefore: boolean;
  /** Is told what a person should know. */
  readonly warn?: (message: string) => void;
  /** May refuse a change, by a rejection, before it is announced. A wait changes nothing and passes by. */
  readonly gate?: (found: readonly Difference[], steps: readonly Step[]) => Promise<void>;
  /** Is told of the differences before they are removed. */
  readonly announce?: (differences: readonly Difference[]) => void;
}

/** Compares, changes where needed, and looks again: "did not converge" is an error. */
export async function evaluate(resource: AnyResource, props: object, options: EvaluateOptions): Promise<Evaluation> {
  const { states, answerer } = options;
  const needs = resource.needs(props) as Record<string, Query<unknown>>;
  const queries = Object.values(needs);
  if (!queries.every((query) => states.has(query))) await states.ask(queries, options.ahead());
  const now = read(needs, states);
  const out = (state: object): unknown => resource.output?.(state, props);

  if (Object.values(now).some(isUnknown)) {
    states.forecast(resource.effects?.(props, []) ?? []);
    if (resource.waits) return { outcome: "ok", differences: [], output: undefined };
    return { outcome: "changed", differences: [knownAfterApply], output: undefined };
  }
  const found = await shown(resource.diff(now, props), options);
  for (const warning of resource.warnings?.(now, props) ?? []) options.warn?.(warning);
  if (found.length === 0) return { outcome: "ok", differences: [], output: out(now) };
  if (answerer === "forecast") {
    const after = resource.forecast(now, props) as Record<string, unknown>;
    states.forecast([
      ...(resource.effects?.(props, found) ?? []),
      ...Object.entries(after).flatMap(([name, state]) => {
        const query = needs[name];
        return query ? [{ query, state }] : [];
      }),
    ]);
    if (resource.waits) return { outcome: "ok", differences: [], output: undefined };
    const made = Object.values(after).some(isUnknown) ? undefined : out({ ...now, ...after });
    return { outcome: "changed", differences: found, output: made };
  }

  const steps = resource.apply(found, now, props);
  if (!resource.waits) {
    await options.gate?.(found, steps);
    options.announce?.(found);
  }
  await takeSteps(answerer.writer, steps, options.progress);
  states.changed(queries, resource.effects?.(props, found) ?? [], { onController: steps.every(isOnController) });
  if (queries.length === 0) return { outcome: "changed", differences: found, output: out(now) };
  await states.ask(queries, options.ahead());
  const then = read(needs, states);
  const left = resource.diff(then, props);
  if (left.length > 0) throw new TaskError(`did not converge: ${left.map(inWords).join("; ")}`);
  return { outcome: resource.waits ? "ok" : "changed", differences: resource.waits ? [] : found, output: out(then) };
}

const knownAfterApply: Difference = { what: "known after apply", before: undefined, after: undefined };

const read = (needs: Record<string, Query<unknown>>, states: States): Record<string, unknown> =>
  Object.fromEntries(Object.entries(needs).map(([name, query]) => [name, states.get(query)]));

const inWords = ({ what, before, after, secret }: Difference): string =>
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
async function shown(found: readonly Difference[], options: EvaluateOptions): Promise<readonly Difference[]> {
  const asked = found.map(({ before }) => before).filter(isQuery);
  if (asked.length === 0) return found;
  if (options.showBefore) await options.states.ask(asked);
  return found.map((difference) =>
    isQuery(difference.before)
      ? { ...difference, before: options.showBefore ? options.states.get(difference.before) : unknown }
      : difference,
  );
}
