import { fakeConnection } from "#engine/connection/fake.ts";
import type { Difference } from "#engine/tasks/resource.ts";
import type { Task } from "#engine/tasks/task.ts";
import type { Evaluation } from "#engine/runner/execute/compare.ts";
import { evaluate } from "#engine/runner/execute/evaluate.ts";
import { checkMode, runMode } from "#engine/runner/execute/mode.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";

export interface Kept extends Pick<Evaluation, "outcome"> {
  /** "what: before → after" */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** Runs tasks that work on the controller, one after the other, as one play of localhost does. */
export async function keepAll(tasks: readonly Task[], check = false): Promise<Kept[]> {
  const writer = fakeConnection("localhost", []);
  const overlay = new Overlay();
  const states = new States(writer, new Overlay(), overlay);
  const kept: Kept[] = [];
  for (const { does, props } of tasks) {
    if (!("resource" in does)) throw new Error("an action");
    const warnings: string[] = [];
    const { outcome, differences } = await evaluate(does.resource, props, {
      states,
      mode: check ? checkMode : runMode(writer),
      progress: () => undefined,
      ahead: () => [],
      showBefore: false,
      warn: (message) => warnings.push(message),
    });
    kept.push({ outcome, reasons: differences.map(describeDifference), warnings });
  }
  return kept;
}

/** Runs one task in check mode and then for real. Fails if the two differ. */
export async function keep(task: Task): Promise<Kept> {
  const outcomes = [];
  for (const check of [true, false])
    outcomes.push(
      await keepAll([task], check).then(
        (kept) => kept[0]!,
        (error: unknown) => error as Error,
      ),
    );
  const [checked, real] = outcomes;
  if (real instanceof Error) {
    if (!(checked instanceof Error) || checked.message !== real.message)
      throw new Error("check mode did not predict it");
    throw real;
  }
  if (checked instanceof Error || JSON.stringify(checked) !== JSON.stringify(real))
    throw new Error(`check mode: ${JSON.stringify(checked)}, the run: ${JSON.stringify(real)}`);
  return real!;
}

const describeDifference = ({ what, before, after }: Difference): string =>
  `${what}: ${String(before)} → ${String(after)}`;

/** The message of the error that a promise ends with. */
export const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no failure",
    (error: unknown) => String(error),
  );
