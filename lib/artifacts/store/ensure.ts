import { availableParallelism } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskError, throwAll } from "#engine/errors.ts";
import { noRun, type Progress, type RunSurroundings } from "#engine/tasks/resource.ts";
import { announcement, type Decision } from "./announcement.ts";
import { defaultCache, type Cache } from "#engine/cache/cache.ts";
import { catalogue } from "../catalogue/index.ts";
import { decide, getOne, isThere, type EnsureOptions } from "./get.ts";
import { expectedPace, rememberPace } from "./pace.ts";
import { effortOf } from "../catalogue/efforts.ts";
import { queueFor, type ArtifactQueue, type Work } from "./queue.ts";
import { goVersion, together, ToolchainError } from "../sources/toolchain.ts";
import { describe, ofController, want, type WantedComponent } from "../catalogue/wanted.ts";

const queueOf = (options: EnsureOptions, cache: Cache): ArtifactQueue =>
  queueFor(JSON.stringify({ ...options, verify: undefined, cache }));

const isInImage = ({ component: { upstream } }: WantedComponent): boolean =>
  upstream !== undefined && "image" in upstream;

/** What the cache lacks of these, and of crane, which takes out those that upstream gives in images. */
async function lacking(wanted: readonly WantedComponent[], options: EnsureOptions, cache: Cache): Promise<Decision[]> {
  const queue = queueOf(options, cache);
  const there = await Promise.all(wanted.map((one) => isThere(cache, one, options)));
  const missing = wanted.filter((one, index) => !there[index] && !queue.has(one));
  const decisions = await Promise.all(missing.map((one) => decide(one, options)));
  const packed = decisions.find(({ wanted: one, source }) => source === "upstream" && isInImage(one));
  const crane = packed && craneFor(packed.wanted);
  return crane && !wanted.some(({ component }) => component === crane.component)
    ? [...(await lacking([crane], options, cache)), ...decisions]
    : decisions;
}

/** The controller's own; undefined where no version of it is set. */
function craneFor({ versions }: WantedComponent): WantedComponent | undefined {
  const component = catalogue.find(({ name }) => name === "crane");
  return component && versions[component.variable] !== undefined
    ? want(component, versions, ofController())
    : undefined;
}

/** Throws ToolchainError for all that Go is to build, where it cannot: before the first build, and not after an hour. */
async function checkToolchain(decisions: readonly Decision[], { go = "go" }: EnsureOptions): Promise<void> {
  const built = decisions
    .filter(({ source, wanted }) => source === "build" && wanted.component.build.kind === "go")
    .map(({ wanted }) => wanted);
  const [first] = built;
  if (!first) return;
  try {
    await goVersion(first, go);
  } catch (error) {
    throw error instanceof ToolchainError ? new ToolchainError(built, error.problem, error.need) : error;
  }
}

/** Begins to get what the cache lacks of these, in their order, and says what that will take. Waits for nothing. */
export async function beginArtifacts(
  wanted: readonly WantedComponent[],
  options: EnsureOptions,
  { notice, ended }: RunSurroundings = noRun,
): Promise<void> {
  const cache = options.cache ?? defaultCache();
  const decisions = await lacking(wanted, options, cache);
  if (decisions.length === 0) return;
  await checkToolchain(decisions, options);
  const queue = queueOf(options, cache);
  const folder = path.dirname(cache.refs);
  const pace = await expectedPace(folder);
  queue.progressLine.pace = pace;
  for (const line of announcement({ decisions, folder, pace, processors: availableParallelism() })) notice(line);
  for (const { wanted: one, source } of decisions) {
    const isBuilt = source === "build";
    const work: Work = async (at, order) => {
      const crane = source === "upstream" && isInImage(one) ? craneFor(one) : undefined;
      if (crane) await queue.doneOf(crane);
      await getOne(one, { options, cache, source, order, at, signal: ended });
      const measured = queue.progressLine.measuredPace;
      // The next estimate is worse without it, and nothing else.
      if (isBuilt && measured !== undefined) await rememberPace(folder, measured).catch(() => undefined);
    };
    queue.begin(one, isBuilt ? effortOf(one.component) : 0, work, (error) => {
      if (!ended.aborted)
        notice(`${describe(one)} cannot be had, and the play that needs it will fail: ${firstLine(error)}`);
    });
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

/** How often a wait looks whether the run is to end, in milliseconds. */
const looksEvery = 250;

/**
 * Waits until every binary of the components is in the cache, and begins with what is not on its way. What failed is
 * thrown once the others are done, so that their work is not lost.
 */
export async function ensureArtifacts(
  wanted: readonly WantedComponent[],
  options: EnsureOptions,
  progress: Progress = () => undefined,
  stopping: () => boolean = () => false,
  run: RunSurroundings = noRun,
): Promise<void> {
  await beginArtifacts(wanted, options, run);
  const queue = queueOf(options, options.cache ?? defaultCache());
  const waited = queue.progressLine.telling(progress, () => queue.wait(wanted));
  const failures = await Promise.race([waited, untilSo(stopping)]);
  if (failures === undefined || (failures.length > 0 && stopping()))
    throw new TaskError(
      `interrupted: ${queue.progressLine.line()}. What is done is in the cache, and what was being compiled goes on from Go's own cache: run the same command again.`,
    );
  throwAll(together(failures));
}

async function untilSo(condition: () => boolean): Promise<undefined> {
  while (!condition()) await sleep(looksEvery, undefined, { ref: false });
}
