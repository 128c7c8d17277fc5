import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { PlayError } from "#lib/errors.ts";
import type { Progress } from "#lib/resources/define.ts";
import { Board } from "./board.ts";
import { buildWithC } from "./c-build.ts";
import { defaultCache, lookUp, sha256Of, storeObject, writeRef, objectPath, type Cache, type Ref } from "./cache.ts";
import type { Component } from "./component.ts";
import { fetchFromDebian } from "./debian-program.ts";
import { makeDebianRoot } from "./debian-root.ts";
import type { At, Delivery, Errand, SourceChoice, SourceOptions } from "./delivery.ts";
import { fetchFromDirectory } from "./directory.ts";
import { buildWithGo } from "./go-build.ts";
import { addPins, checkPins, pinName, readPins } from "./lock-file.ts";
import { withLock } from "./mutex.ts";
import { together } from "./toolchain.ts";
import { treeOfModule } from "./tree.ts";
import { fetchUpstream, upstreamHas } from "./upstream.ts";
import { describe, ownArchitecture, refName, type Wanted } from "./wanted.ts";

export interface EnsureOptions extends SourceOptions {
  readonly cache?: Cache;
  /** artifacts.lock.json of the project where absent. */
  readonly lockFile?: string;
  /** Hash what is there already, instead of believing its size. */
  readonly verify?: boolean;
}

const build = (errand: Errand): Promise<Delivery> => {
  const { build } = errand.wanted.component;
  switch (build.kind) {
    case "go":
      return buildWithGo(errand, build);
    case "c":
      return buildWithC(errand, build);
    case "tree":
      return treeOfModule(errand, build);
    case "debian":
      return fetchFromDebian(errand, build);
    case "debian-root":
      return makeDebianRoot(errand, build);
  }
};

async function fetchFrom(errand: Errand): Promise<Delivery> {
  switch (sourceFor(errand.wanted.component, errand.source)) {
    case "upstream":
      return fetchUpstream(errand);
    case "build":
      return build(errand);
    case "directory":
      return fetchFromDirectory(errand);
    case "auto":
      errand.at(`asking whether upstream has ${describe(errand.wanted)}`);
      return (await upstreamHas(errand.wanted, errand)) ? fetchUpstream(errand) : build(errand);
  }
}

/** What has no release but Debian's is taken from there, whether one builds all else or not. */
const sourceFor = ({ upstream }: Component, source: SourceChoice): SourceChoice =>
  upstream === undefined && source !== "directory" ? "build" : source;

/** Whether a file in the cache is what the source would give: "auto" is content with any. */
export const fits = (ref: Ref | undefined, component: Component, source: SourceChoice): boolean =>
  ref !== undefined && (source === "auto" || ref.source === sourceFor(component, source));

async function isThere(cache: Cache, wanted: Wanted, { source, verify }: EnsureOptions): Promise<boolean> {
  const refs = await Promise.all(
    wanted.component.binaries.map((binary) => lookUp(cache, refName(wanted, binary), verify)),
  );
  return refs.every((ref) => fits(ref, wanted.component, source));
}

/** All of a component or nothing: digests are checked against the pins before the first file is moved. */
async function store(cache: Cache, lockFile: string, wanted: Wanted, delivery: Delivery): Promise<void> {
  const { version, architecture } = wanted;
  const { source, origin, builtWith } = delivery;
  const made = await Promise.all(
    Object.entries(delivery.files).map(async ([name, file]) => {
      const [sha256, { size }] = await Promise.all([sha256Of(file), stat(file)]);
      const ref: Ref = { name, version, architecture, sha256, size, source, ...(builtWith ? { builtWith } : {}) };
      return { file, ref };
    }),
  );
  const pins = Object.fromEntries(
    origin === undefined ? [] : made.map(({ ref }) => [pinName(ref.name, version, architecture, origin), ref.sha256]),
  );
  checkPins(lockFile, await readPins(lockFile), pins);
  for (const { file, ref } of made) await storeObject(cache, file, ref.sha256);
  await withLock(
    cache.locks,
    "pins",
    () => undefined,
    () => addPins(lockFile, pins),
  );
  for (const { ref } of made) await writeRef(cache, refName(wanted, ref.name), ref);
}

async function getOne(wanted: Wanted, options: EnsureOptions, cache: Cache, at: At): Promise<void> {
  const lockFile = options.lockFile ?? path.resolve("artifacts.lock.json");
  const name = `${wanted.component.name}@${wanted.version}-linux-${wanted.architecture}`;
  const crane = await lookUp(cache, `crane@${wanted.versions.crane_version ?? ""}-linux-${ownArchitecture}`);
  const waiting = (): void => at(`waiting for another run that gets ${describe(wanted)}`);
  await withLock(cache.locks, name, waiting, async () => {
    if (await isThere(cache, wanted, options)) return;
    const folder = path.join(cache.work, name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
      const pins = await readPins(lockFile);
      const tools = crane ? { crane: objectPath(cache, crane.sha256) } : {};
      await store(cache, lockFile, wanted, await fetchFrom({ ...tools, ...options, wanted, folder, pins, at }));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/**
 * Sees to it that every binary of the components is in the cache. Components come side by side, as far as
 * downloads and builds allow; what failed is thrown once the others are done, so that their work is not lost.
 */
export async function ensureArtifacts(
  wanted: readonly Wanted[],
  options: EnsureOptions,
  progress: Progress = () => undefined,
): Promise<void> {
  const cache = options.cache ?? defaultCache();
  const there = await Promise.all(wanted.map((one) => isThere(cache, one, options)));
  const missing = wanted.filter((_, index) => !there[index]);
  const board = new Board(missing.length);
  const all = (some: readonly Wanted[]): Promise<PromiseSettledResult<void>[]> =>
    Promise.allSettled(some.map((one) => board.row(describe(one), (at) => getOne(one, options, cache, at))));
  // Those that come out of an image are taken out by crane, which is one of the others.
  const byImage = ({ component: { upstream } }: Wanted): boolean => upstream !== undefined && "image" in upstream;
  const results = await board.telling(progress, async () => [
    ...(await all(missing.filter((one) => !byImage(one)))),
    ...(await all(missing.filter(byImage))),
  ]);
  const failed = together(
    results.filter((result) => result.status === "rejected").map(({ reason }): unknown => reason),
  );
  if (failed.length === 1) throw failed[0];
  if (failed.length > 1) {
    const messages = failed.map((error) => (error instanceof Error ? error.message : String(error)));
    throw new PlayError(messages.join("\n"), { cause: failed[0] });
  }
}
