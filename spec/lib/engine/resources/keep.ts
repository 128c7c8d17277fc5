import { expect } from "chai";
import { readOnly } from "#engine/connection/reader.ts";
import type { Writer } from "#engine/connection/types.ts";
import { unknown, type Difference } from "#engine/tasks/resource.ts";
import type { Task } from "#engine/tasks/task.ts";
import { evaluate } from "#engine/runner/execute/evaluate.ts";
import { checkMode, runMode, type ExecutionMode } from "#engine/runner/execute/mode.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";
import { subject } from "./one-resource.ts";

/**
 * Runs one task on a host as a play does: first in check mode, then for real. Fails if the two differ, or if the host's
 * answers afterwards differ from the forecast. Returns the differences before the run.
 */
export async function keep(writer: Writer, task: Task, roleFolder?: string): Promise<readonly Difference[]> {
  const { needs } = subject(task, roleFolder);
  const overlay = new Overlay();
  const checked = await played(writer, task, roleFolder, checkMode, overlay).catch((error: unknown) => error);
  const real = await played(writer, task, roleFolder, runMode(writer), new Overlay());
  expect(describeFound(checked), "what check mode predicted").to.deep.equal(describeFound(real));
  // A start that is not awaited is forecast as completed.
  if (real.length === 0 || "noBlock" in task.props) return real;
  const predicted = new States(readOnly(writer), overlay, overlay);
  const then = new States(readOnly(writer), new Overlay(), new Overlay());
  await predicted.ask(Object.values(needs));
  await then.ask(Object.values(needs));
  for (const [name, query] of Object.entries(needs)) {
    const state = predicted.get(query);
    if (state !== unknown) expect(covered(then.get(query), state), `the forecast of ${name}`).to.deep.equal(state);
  }
  return real;
}

/** The differences that check mode reports for a task alone. */
export const predict = (writer: Writer, task: Task, roleFolder?: string): Promise<readonly Difference[]> =>
  played(writer, task, roleFolder, checkMode, new Overlay());

/** Runs the task twice: the second time must change nothing. Returns the names of the first differences. */
export async function twice(writer: Writer, task: Task, roleFolder?: string): Promise<string[]> {
  const first = await keep(writer, task, roleFolder);
  const second = await keep(writer, task, roleFolder);
  expect(namesOf(second), "the second time").to.deep.equal([]);
  return namesOf(first);
}

/** Runs the task once, and does something else on the host after its state was read and before its first step. */
export async function changed(
  writer: Writer,
  task: Task,
  { meanwhile, roleFolder }: { readonly meanwhile: () => Promise<unknown>; readonly roleFolder?: string },
): Promise<void> {
  await played(writer, task, roleFolder, runMode(writer), new Overlay(), async () => {
    await meanwhile();
  });
}

export const namesOf = (differences: readonly Difference[]): string[] => differences.map(({ what }) => what);

async function played(
  writer: Writer,
  { does, props }: Task,
  roleFolder: string | undefined,
  mode: ExecutionMode,
  overlay: Overlay,
  begin?: () => Promise<void>,
): Promise<readonly Difference[]> {
  if (!("resource" in does)) throw new Error("an action has no desired state");
  const { resource } = does;
  const located = (resource.locate ? resource.locate(props, roleFolder ?? "/role") : props) as object;
  const { differences } = await evaluate(resource, located, {
    states: new States(readOnly(writer), overlay, overlay),
    mode,
    progress: () => undefined,
    ahead: () => [],
    showBefore: true,
    begin,
  });
  return differences;
}

const describeFound = (found: unknown): unknown =>
  found instanceof Error
    ? found.message
    : (found as readonly Difference[]).map(({ what, before, after }) => ({ what, before, after }));

/** The part of an answer that the forecast covers. */
const covered = (answer: unknown, forecast: unknown): unknown =>
  answer instanceof Map && forecast instanceof Map
    ? new Map([...answer].map(([name, one]) => [name, covered(one, forecast.get(name))]))
    : isRecord(answer) && isRecord(forecast)
      ? forecast.type === "other" && answer.type !== "absent"
        ? forecast
        : Object.fromEntries(Object.keys(forecast).map((key) => [key, answer[key]]))
      : answer;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
