import { availableParallelism } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskError, throwAll } from "#engine/errors.ts";
import { noRun, type Progress, type RunSurroundings } from "#engine/tasks/resource.ts";
import { announcement, type Decision } from "./announcement.ts";
import { defaultCache, type Cache, type Source } from "#engine/cache/cache.ts";
import { catalogue } from "../catalogue/index.ts";
import { decide, getOne, isThere, lockFileOf, type EnsureOptions } from "./get.ts";
import { expectedPace, lastLine, rememberLine, rememberPace } from "./pace.ts";
import { effortOf } from "../catalogue/efforts.ts";
import { queueFor, type ArtifactQueue, type Work } from "./queue.ts";
import { findCompiler } from "../sources/compiler.ts";
import { lineSpeed } from "../sources/line-speed.ts";
import { readPins } from "../sources/pins.ts";
import { goVersion, together, ToolchainError } from "../sources/toolchain.ts";
import { firstSeen, requirePinned } from "../sources/unpinned.ts";
import { describe, ofController, want, type WantedComponent } from "../catalogue/wanted.ts";

const queueOf = (options: EnsureOptions, cache: Cache): ArtifactQueue =>
  queueFor(JSON.stringify({ ...options, verify: undefined, cache }));

const isInImage = ({ component: { upstream } }: WantedComponent): boolean =>
  upstream !== undefined && "image" in upstream;

/** The components that the cache lacks; also crane, if upstream provides one of them in an image. */
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

/** crane for the controller; undefined if no version of it is set. */
function craneFor({ versions }: WantedComponent): WantedComponent | undefined {
  const component = catalogue.find(({ name }) => name === "crane");
  return component && versions[component.variable] !== undefined
    ? want(component, versions, ofController())
    : undefined;
}

/** Throws ToolchainError for all Go builds if Go cannot build them: before the first build, and not after an hour. */
async function checkToolchain(decisions: readonly Decision[], { go = "go" }: EnsureOptions): Promise<void> {
  const builds = decisions.filter(({ source, wanted }) => source === "build" && wanted.component.build.kind === "go");
  const [first] = builds;
  if (!first) return;
  try {
    await goVersion(first.wanted, go);
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    const causes = new Set(builds.flatMap(({ why }) => why ?? []));
    throw new ToolchainError(
      builds.map(({ wanted }) => wanted),
      error.problem,
      error.need,
      [...causes],
    );
  }
}

const isInC = ({ component: { build } }: WantedComponent): boolean =>
  build.kind === "c" || (build.kind === "go" && build.c !== undefined);

/** Throws PlayError if there is no C compiler for some of them: again before the first build. */
async function checkCompilers(decisions: readonly Decision[], options: EnsureOptions): Promise<void> {
  const builds = decisions.filter(({ source, wanted }) => source === "build" && isInC(wanted));
  const found = await Promise.allSettled(builds.map(({ wanted, why }) => findCompiler(wanted, options, why)));
  throwAll(found.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : [])));
}

/** Throws PlayError if pins are required and missing. Resolves with the notice about what will be seen first. */
async function checkPinned(decisions: readonly Decision[], options: EnsureOptions): Promise<string | undefined> {
  const downloaded = decisions.filter(({ source }) => source === "upstream").map(({ wanted }) => wanted);
  const lockFile = lockFileOf(options);
  const pins = await readPins(lockFile);
  if (options.requirePins) requirePinned(downloaded, pins, lockFile);
  return firstSeen(downloaded, pins, { lockFile, mirror: options.upstreamUrl });
}

/** The notice about downloads whose signatures cannot be verified; undefined if there are none. */
function unverified(decisions: readonly Decision[]): string | undefined {
  const isSigned = ({ component: { upstream } }: WantedComponent): boolean =>
    upstream !== undefined && "signature" in upstream;
  const all = decisions.filter(({ source, wanted }) => source === "upstream" && !isSigned(wanted));
  if (all.length === 0) return undefined;
  const names = [...new Set(all.map(({ wanted }) => describe(wanted)))].join(", ");
  return `artifact_verify_signatures: kubeplay knows no signer of ${names}. Their pins and published checksums are checked.`;
}

/** Starts to get the components that the cache lacks, in their order, and announces the effort. Does not wait. */
export async function beginArtifacts(
  wanted: readonly WantedComponent[],
  options: EnsureOptions,
  { notice, ended }: RunSurroundings = noRun,
): Promise<void> {
  const cache = options.cache ?? defaultCache();
  const decisions = await lacking(wanted, options, cache);
  if (decisions.length === 0) return;
  await checkToolchain(decisions, options);
  await checkCompilers(decisions, options);
  const unknown = await checkPinned(decisions, options);
  if (unknown !== undefined) notice(unknown);
  const unsigned = options.verifySignatures ? unverified(decisions) : undefined;
  if (unsigned !== undefined) notice(unsigned);
  const queue = queueOf(options, cache);
  const folder = path.dirname(cache.refs);
  const pace = await expectedPace(folder);
  queue.progressLine.pace = pace;
  const line = await lastLine(folder);
  const processors = availableParallelism();
  for (const one of announcement({ decisions, folder, pace, processors, line })) notice(one);
  for (const { wanted: one, source } of decisions) {
    const isBuilt = source === "build";
    const work: Work = async (at, order) => {
      const crane = source === "upstream" && isInImage(one) ? craneFor(one) : undefined;
      if (crane) await queue.doneOf(crane);
      await getOne(one, { options, cache, source, order, at, signal: ended });
      // Without them, only the next estimate is worse.
      await rememberSpeeds(folder, source, queue.progressLine.measuredPace).catch(() => undefined);
    };
    queue.begin(one, isBuilt ? effortOf(one.component) : 0, work, (error) => {
      if (!ended.aborted)
        notice(`${describe(one)} could not be fetched, and the play that needs it will fail: ${firstLine(error)}`);
    });
  }
}

async function rememberSpeeds(folder: string, source: Source, pace: number | undefined): Promise<void> {
  const { bytesPerSecond } = lineSpeed;
  if (source === "build" && pace !== undefined) await rememberPace(folder, pace);
  if (source === "upstream" && bytesPerSecond !== undefined) await rememberLine(folder, bytesPerSecond);
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

/** Milliseconds between two checks of whether the run is stopping. */
const looksEvery = 250;

/**
 * Waits until every binary of the components is in the cache, and starts those that are not on their way.
 * Throws failures after the others are done, so that their work is not lost.
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
      `interrupted: ${queue.progressLine.line()}. Finished artifacts are in the cache, and builds continue from Go's own cache: run the same command again.`,
    );
  throwAll(together(failures));
}

async function untilSo(condition: () => boolean): Promise<undefined> {
  while (!condition()) await sleep(looksEvery, undefined, { ref: false });
}
