import { expect } from "chai";
import fc from "fast-check";
import type { Task } from "#engine/tasks/task.ts";
import { foretell, keep, namesOf } from "../../lib/engine/resources/keep.ts";
import { host, on } from "../lab/host.ts";

/** How a host is, what is wanted of it, and what the host itself must say of it then. */
export interface Attempt {
  /** Makes the host so, whatever it was. */
  readonly arrange: string;
  readonly task: Task;
  /** Asks the host in other words than the resource does. */
  readonly look: string;
  /** What that prints once the task is done. */
  readonly wanted?: string;
  /** The differences that there are, by name, where they can be told from outside. */
  readonly found?: readonly string[];
  /** The task is refused: the error's words. Nothing may be touched then. */
  readonly refused?: RegExp;
  /** Refused only when it is done, because a task before it might have made it possible. */
  readonly refusedLate?: RegExp;
  /** The way back, and what the host prints then. */
  readonly undo?: { readonly task: Task; readonly look?: string; readonly wanted?: string };
}

/** Milliseconds for all attempts at one kind; a counterexample is no longer made smaller then. */
const patience = 150_000;

/**
 * For whatever state a host is in: check mode foretells exactly what is done, the host is then as wanted, doing it again
 * changes nothing, and so with the way back. A failure prints the seed that plays it again: SEED=… npm run test:engine.
 */
export function holds<Scene>(
  sentence: string,
  scenes: fc.Arbitrary<Scene>,
  attemptOf: (scene: Scene) => Attempt,
  { runs = 20, roleFolder }: { readonly runs?: number; readonly roleFolder?: string } = {},
): void {
  const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
  it(sentence, async function () {
    this.timeout(patience + 30_000);
    await fc.assert(
      fc.asyncProperty(scenes, (scene) => attempt(attemptOf(scene), roleFolder)),
      {
        numRuns: runs,
        interruptAfterTimeLimit: patience,
        markInterruptAsFailure: true,
        ...(seed !== undefined && { seed }),
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
  const foretold = await refusal(foretell(writer, one.task, roleFolder));
  const done = await refusal(keep(writer, one.task, roleFolder));
  expect(done).to.match(one.refused ?? one.refusedLate ?? /./);
  if (one.refused) expect(foretold, "what check mode says").to.equal(done);
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
