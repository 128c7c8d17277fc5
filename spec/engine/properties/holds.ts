import { expect } from "chai";
import fc from "fast-check";
import type { Task } from "#engine/tasks/task.ts";
import { predict, keep, namesOf } from "../../lib/engine/resources/keep.ts";
import { host, on } from "../lab/host.ts";

/** The state of a host, a task, and the state that the host must report afterwards. */
export interface Attempt {
  /** Brings the host into the state, from any other. */
  readonly arrange: string;
  readonly task: Task;
  /** Reads the state with commands other than the resource's. */
  readonly look: string;
  /** The output of `look` after the task. */
  readonly wanted?: string;
  /** The names of the expected differences, if they can be known. */
  readonly found?: readonly string[];
  /** The error if the task is refused. Nothing may be changed then. */
  readonly refused?: RegExp;
  /** The error if the task is refused only in a real run, because an earlier task might have made it possible. */
  readonly refusedLate?: RegExp;
  /** The reverse task, and the output of `look` afterwards. */
  readonly undo?: { readonly task: Task; readonly look?: string; readonly wanted?: string };
}

/** Milliseconds for all attempts at one kind, after which a counterexample is not reduced further. */
const patience = 150_000;

/**
 * Checks for any state of a host: check mode predicts exactly the changes, the host then has the desired state, a
 * second run changes nothing, and the same for the reverse task. A failure prints its seed: SEED=… npm run test:engine.
 */
export function holds<Scene>(
  sentence: string,
  scenes: fc.Arbitrary<Scene>,
  attemptOf: (scene: Scene) => Attempt,
  { runs = 20, roleFolder }: { readonly runs?: number; readonly roleFolder?: string } = {},
): void {
  it(sentence, async function () {
    this.timeout(patience + 30_000);
    await fc.assert(
      fc.asyncProperty(scenes, (scene) => attempt(attemptOf(scene), roleFolder)),
      {
        numRuns: runs,
        interruptAfterTimeLimit: patience,
        markInterruptAsFailure: true,
      },
    );
  });
}

async function attempt(one: Attempt, roleFolder?: string): Promise<void> {
  await on("engine-1", one.arrange);
  if (one.refused ?? one.refusedLate) await isRefused(one, roleFolder);
  else {
    await isKept(one.task, one, roleFolder);
    if (one.undo) await isKept(one.undo.task, { look: one.look, ...one.undo }, roleFolder);
  }
}

async function isKept(task: Task, one: Omit<Attempt, "arrange" | "task">, roleFolder?: string): Promise<void> {
  const writer = await host("engine-1");
  const found = namesOf(await keep(writer, task, roleFolder));
  if (one.found) expect(found, "the differences").to.have.members(one.found);
  if (one.wanted !== undefined) expect(await on("engine-1", one.look)).to.equal(one.wanted.trimEnd());
  expect(namesOf(await keep(writer, task, roleFolder)), "the second time").to.deep.equal([]);
}

async function isRefused(one: Attempt, roleFolder?: string): Promise<void> {
  const writer = await host("engine-1");
  const before = await on("engine-1", one.look);
  const predicted = await refusal(predict(writer, one.task, roleFolder));
  const done = await refusal(keep(writer, one.task, roleFolder));
  expect(done).to.match(one.refused ?? one.refusedLate ?? /./);
  if (one.refused) expect(predicted, "what check mode says").to.equal(done);
  expect(await on("engine-1", one.look), "after a refusal").to.equal(before);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
  return "it was not refused";
}
