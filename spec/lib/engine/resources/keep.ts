import { expect } from "chai";
import { readOnly } from "#engine/connection/reader.ts";
import type { Writer } from "#engine/connection/types.ts";
import { unknown, type Difference } from "#engine/tasks/resource.ts";
import type { Task } from "#engine/tasks/task.ts";
import { evaluate, type ExecutionMode } from "#engine/runner/execute/evaluate.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";
import { subject } from "./one-resource.ts";

/**
 * Keeps one task on a host as a play does: first foretold by check mode, then for real. Fails where the two differ, and
 * where the host's answers afterwards are not those of the forecast. Returns the differences that there were.
 */
export async function keep(writer: Writer, task: Task, roleFolder?: string): Promise<readonly Difference[]> {
  const { needs } = subject(task, roleFolder);
  const overlay = new Overlay();
  const checked = await played(writer, task, roleFolder, "forecast", overlay).catch((error: unknown) => error);
  const real = await played(writer, task, roleFolder, { writer }, new Overlay());
  expect(describeFound(checked), "what check mode foretold").to.deep.equal(describeFound(real));
  // What is begun and not waited for is forecast as over.
  if (real.length === 0 || "noBlock" in task.props) return real;
  const foretold = new States(readOnly(writer), overlay, overlay);
  const then = new States(readOnly(writer), new Overlay(), new Overlay());
  await foretold.ask(Object.values(needs));
  await then.ask(Object.values(needs));
  for (const [name, query] of Object.entries(needs)) {
    const state = foretold.get(query);
    if (state !== unknown) expect(covered(then.get(query), state), `the forecast of ${name}`).to.deep.equal(state);
  }
  return real;
}

/** What check mode says of a task alone. */
export const foretell = (writer: Writer, task: Task, roleFolder?: string): Promise<readonly Difference[]> =>
  played(writer, task, roleFolder, "forecast", new Overlay());

/** Keeps it twice: the second time nothing may be left to do. Returns what the first time changed. */
export async function twice(writer: Writer, task: Task, roleFolder?: string): Promise<string[]> {
  const first = await keep(writer, task, roleFolder);
  const second = await keep(writer, task, roleFolder);
  expect(namesOf(second), "the second time").to.deep.equal([]);
  return namesOf(first);
}

export const namesOf = (differences: readonly Difference[]): string[] => differences.map(({ what }) => what);

async function played(
  writer: Writer,
  { does, props }: Task,
  roleFolder: string | undefined,
  mode: ExecutionMode,
  overlay: Overlay,
): Promise<readonly Difference[]> {
  if (!("resource" in does)) throw new Error("an action keeps nothing");
  const { resource } = does;
  const located = (resource.locate ? resource.locate(props, roleFolder ?? "/role") : props) as object;
  const { differences } = await evaluate(resource, located, {
    states: new States(readOnly(writer), overlay, overlay),
    mode,
    progress: () => undefined,
    ahead: () => [],
    showBefore: true,
  });
  return differences;
}

const describeFound = (found: unknown): unknown =>
  found instanceof Error
    ? found.message
    : (found as readonly Difference[]).map(({ what, before, after }) => ({ what, before, after }));

/** Only what the forecast speaks of. */
const covered = (answer: unknown, forecast: unknown): unknown =>
  isRecord(answer) && isRecord(forecast)
    ? forecast.type === "other" && answer.type !== "absent"
      ? forecast
      : Object.fromEntries(Object.keys(forecast).map((key) => [key, answer[key]]))
    : answer;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
