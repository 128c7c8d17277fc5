import { TaskError } from "../../errors.ts";
import type { Writer } from "../../connection/types.ts";
import type { Difference, Requirement, Step } from "../../tasks/resource.ts";
import type { AnyAction, Task } from "../../tasks/task.ts";
import type { Outcome } from "../events/events.ts";
import { isUnknown, type States } from "../state/states.ts";
import type { Release } from "../coordinate/locks.ts";
import { allSteps, changeFor, markStale, settle, type Change } from "./change.ts";
import { isCurrent, knownAfterApply, unchanged, type CompareOptions, type Drift, type Evaluation } from "./compare.ts";
import { takeSteps, type StepOptions } from "./steps.ts";

/** Runs before the first step of each change, and rejects if the change must not be made. A check may not know the steps. */
export type Begin = (differences: readonly Difference[], steps: readonly Step[] | undefined) => Promise<void>;

export interface ChangeOptions extends StepOptions, Pick<CompareOptions, "ahead" | "wait"> {
  readonly states: States;
  /** Keeps other runs away. If another was at work, the states are forgotten. */
  readonly lock?: ((steps: readonly Step[]) => Promise<Release | undefined>) | undefined;
  readonly begin?: Begin | undefined;
}

export interface ActOptions extends StepOptions {
  readonly states: States;
  readonly lock: (steps: readonly Step[]) => Promise<Release | undefined>;
  readonly begin: Begin | undefined;
  /** Runs after steps that may have closed the connections to the host. */
  readonly renew: (steps: readonly Step[]) => Promise<void>;
}

/**
 * How a task is done in a check and in a run. docs/architecture.md lists the other places that differ, in "Where a check
 * differs from a run".
 */
export interface ExecutionMode {
  /** Changes the host. A check has none, so it cannot change anything by mistake. */
  readonly writer?: Writer;
  /** Whether a read that fails has an unknown output: in a check, what it reads may not exist yet. */
  readonly toleratesFailedReads: boolean;
  /** Whether `retry` and its `until` apply. */
  readonly retries: boolean;
  /**
   * Removes the differences and asks again, or predicts the states that the change would leave. Resolves to undefined
   * if nothing was changed, because the answers that were compared no longer hold.
   */
  readonly change: (drift: Drift, options: ChangeOptions) => Promise<Evaluation | undefined>;
  /** Resolves to false if nothing was done, because another run was at work in between. */
  readonly act: (action: AnyAction, props: object, options: ActOptions) => Promise<boolean>;
  /** How a task ends if it needs an output that does not exist. */
  readonly withoutOutput: (task: Task) => {
    readonly outcome: Outcome;
    readonly differences?: readonly Difference[];
    readonly message?: string;
  };
}

/** A run changes hosts. */
export const runMode = (writer: Writer): ExecutionMode => ({
  writer,
  toleratesFailedReads: false,
  retries: true,

  change: async (drift, options) => {
    const change = changeFor(drift);
    // A wait changes nothing.
    const release = drift.resource.waits ? undefined : await options.lock?.(allSteps(change));
    try {
      return await make(writer, change, options);
    } finally {
      release?.();
    }
  },

  act: async (action, props, options) => {
    const steps = action.steps(props);
    const { epoch } = options.states;
    const release = await options.lock(steps);
    try {
      if (options.states.epoch !== epoch) return false;
      await options.begin?.([], steps);
      await takeSteps(writer, steps, options);
    } finally {
      release?.();
    }
    await options.renew(steps);
    options.states.changed([], ["everything"]);
    return true;
  },

  withoutOutput: () => ({ outcome: "failed", message: "it needs the output of a task that did not run" }),
});

/** Makes a change, and asks and compares again. Undefined if the answers that were compared no longer hold. */
async function make(writer: Writer, change: Change, options: ChangeOptions): Promise<Evaluation | undefined> {
  const { states, begin, ahead, wait } = options;
  const { resource, props, needs } = change;
  const steps = allSteps(change);
  if (!resource.waits) {
    if (!isCurrent(change, states)) return undefined;
    await begin?.(change.found, steps);
  }
  const results = await takeSteps(writer, steps, options);
  markStale(change, states);
  const judged = resource.judge?.(results, props) ?? "changed";
  const queries = Object.values(needs);
  while (!queries.every((query) => states.has(query))) await states.ask(queries, ahead(), wait);
  const evaluation = settle(change, states, results);
  return judged === "ok" ? { ...evaluation, outcome: "ok", differences: [] } : evaluation;
}

/** The steps that a run would take; undefined if only the run can tell, because they build on work of earlier tasks. */
function stepsOf(drift: Drift): readonly Step[] | undefined {
  try {
    return allSteps(changeFor(drift));
  } catch {
    return undefined;
  }
}

/** Throws TaskError if a change would fail for want of something that no earlier task may make. */
async function checkRequirements(required: readonly Requirement[], states: States): Promise<void> {
  if (required.length === 0 || !states.missingIsCertain) return;
  const certain = required.filter(({ ofPresent }) => !ofPresent || states.isAsNow);
  await states.ask(certain.map(({ query }) => query));
  for (const { query, problem, remedy, ofPresent } of certain) {
    const state = states.get(query);
    const why = isUnknown(state) ? undefined : problem(state);
    if (why !== undefined && ofPresent) throw new TaskError(why);
    if (why !== undefined)
      throw new TaskError(`${why}, and no earlier task makes it${remedy === undefined ? "" : `: ${remedy}`}`);
  }
}

/** A check predicts what a run would do, and changes nothing. */
export const checkMode: ExecutionMode = {
  toleratesFailedReads: true,
  retries: false,

  change: async (drift, { states, begin }) => {
    const { resource, props, needs, now, found, effects } = drift;
    if (begin && !resource.waits) await begin(found, stepsOf(drift));
    await checkRequirements(resource.requires?.(props, now) ?? [], states);
    const after = resource.forecast(now, props) as Record<string, unknown>;
    const predicted = Object.entries(after).flatMap(([name, state]) => {
      const query = needs[name];
      return query ? [{ query, state }] : [];
    });
    const others = resource.makesOnlyItself ? effects.filter((effect) => effect !== "everything") : effects;
    states.forecast([...others, ...predicted]);
    if (resource.waits) return unchanged;
    // The output of a command is known after apply.
    const isKnown = !resource.judge && !Object.values(after).some(isUnknown);
    const output: unknown = isKnown ? resource.output?.({ ...now, ...after }, props, []) : undefined;
    return { outcome: "changed", differences: found, output };
  },

  act: async (action, props, { begin, states }) => {
    await begin?.([], action.steps(props));
    states.forecast(["everything"]);
    return true;
  },

  withoutOutput: ({ does }) => {
    const onlyReads = "resource" in does && (does.resource.reads === true || does.resource.waits === true);
    return onlyReads ? { outcome: "ok" } : { outcome: "changed", differences: [knownAfterApply] };
  },
};
