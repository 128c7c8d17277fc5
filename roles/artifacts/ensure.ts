import { availableParallelism } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PlayError, TaskError } from "#lib/errors.ts";
import { noRun, type Progress, type RunSurroundings } from "#lib/resources/define.ts";
import { announcement } from "./announcement.ts";
import { Board } from "./board.ts";
import { defaultCache, type Cache } from "./cache.ts";
import { decide, getOne, isThere, type EnsureOptions } from "./get.ts";
import { expectedPace, rememberPace } from "./pace.ts";
import { ArtifactQueue, queueFor } from "./queue.ts";
import { together } from "./toolchain.ts";
import type { Wanted } from "./wanted.ts";

const queueOf = (options: EnsureOptions, cache: Cache): ArtifactQueue =>
  queueFor(JSON.stringify({ ...options, verify: undefined, cache }), () => new ArtifactQueue(new Board()));

/** A component that comes out of an image is taken out by crane, which is one of the others. */
const isInImage = ({ component: { upstream } }: Wanted): boolean => upstream !== undefined && "image" in upstream;
const isCrane = ({ component }: Wanted): boolean => component.name === "crane";

/** Begins to get what the cache lacks of these, in their order, and says what that will take. Waits for nothing. */
export async function beginArtifacts(
  wanted: readonly Wanted[],
  options: EnsureOptions,
  { notice, ended }: RunSurroundings = noRun,
): Promise<void> {
  const cache = options.cache ?? defaultCache();
  const there = await Promise.all(wanted.map((one) => isThere(cache, one, options)));
  const queue = queueOf(options, cache);
  const missing = wanted.filter((one, index) => !there[index] && !queue.has(one));
  if (missing.length === 0) return;
  const decisions = await Promise.all(missing.map((one) => decide(one, options)));
  const folder = path.dirname(cache.refs);
  const pace = await expectedPace(folder);
  queue.board.pace = pace;
  for (const line of announcement({ decisions, folder, pace, processors: availableParallelism() })) notice(line);
  const sources = new Map(decisions.map(({ wanted: one, source }) => [one, source]));
  let crane: Promise<unknown> = Promise.resolve();
  // Before the others: it has to be there for those that come out of images.
  for (const one of [...missing].sort((a, b) => Number(isCrane(b)) - Number(isCrane(a)))) {
    const source = sources.get(one) ?? "build";
    const done = queue.begin(one, async (at, order) => {
      if (source === "upstream" && isInImage(one)) await crane;
      await getOne(one, { options, cache, source, order, at, signal: ended });
      const measured = queue.board.measuredPace;
      if (source === "build" && measured !== undefined) await rememberPace(folder, measured);
    });
    if (isCrane(one)) crane = done.catch(() => undefined);
  }
}

/** How often a wait looks whether the run is to end, in milliseconds. */
const looksEvery = 250;

/**
 * Waits until every binary of the components is in the cache, and begins with what is not on its way. What failed is
 * thrown once the others are done, so that their work is not lost.
 */
export async function ensureArtifacts(
  wanted: readonly Wanted[],
  options: EnsureOptions,
  progress: Progress = () => undefined,
  stopping: () => boolean = () => false,
  run: RunSurroundings = noRun,
): Promise<void> {
  await beginArtifacts(wanted, options, run);
  const queue = queueOf(options, options.cache ?? defaultCache());
  const waited = queue.board.telling(progress, () => queue.wait(wanted));
  const failures = await Promise.race([waited, untilSo(stopping)]);
  if (failures === undefined || (failures.length > 0 && stopping()))
    throw new TaskError(
      `interrupted: ${queue.board.line()}. What is done is in the cache, and what was being compiled goes on from Go's own cache: run the same command again.`,
    );
  const failed = together(failures);
  if (failed.length === 1) throw failed[0];
  if (failed.length > 1) {
    const messages = failed.map((error) => (error instanceof Error ? error.message : String(error)));
    throw new PlayError(messages.join("\n"), { cause: failed[0] });
  }
}

async function untilSo(condition: () => boolean): Promise<undefined> {
  while (!condition()) await sleep(looksEvery, undefined, { ref: false });
}
