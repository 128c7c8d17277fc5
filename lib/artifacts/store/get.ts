import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { buildWithC } from "../sources/c-build.ts";
import {
  lookUp,
  objectPath,
  sha256Of,
  storeObject,
  writeRef,
  type Cache,
  type Ref,
  type Source,
} from "#engine/cache/cache.ts";
import type { Component } from "../catalogue/component.ts";
import type { Decision } from "./announcement.ts";
import { fetchFromDebian } from "../sources/debian-program.ts";
import { makeDebianRoot } from "../sources/debian-root.ts";
import type { At, Delivery, Errand, SourceChoice, SourceOptions } from "../sources/fetch-request.ts";
import { fetchFromDirectory } from "../sources/directory.ts";
import { buildWithGo } from "../sources/go-build.ts";
import { addPins, checkPins, pinName, readPins } from "../sources/lock-file.ts";
import { withLock } from "./mutex.ts";
import { treeOfModule } from "../sources/tree.ts";
import { fetchUpstream, upstreamLacks } from "../sources/upstream.ts";
import { describe, ownArchitecture, refName, type Wanted } from "../catalogue/wanted.ts";

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

function fetchFrom(errand: Errand, source: Source): Promise<Delivery> {
  switch (source) {
    case "upstream":
      return fetchUpstream(errand);
    case "build":
      return build(errand);
    case "directory":
      return fetchFromDirectory(errand);
  }
}

/** What has no release but Debian's is taken from there, whether one builds all else or not. */
export const sourceFor = ({ upstream }: Component, source: SourceChoice): SourceChoice =>
  upstream === undefined && source !== "directory" ? "build" : source;

/** Whether a file in the cache is what the source would give: "auto" is content with any. */
export const fits = (ref: Ref | undefined, component: Component, source: SourceChoice): boolean =>
  ref !== undefined && (source === "auto" || ref.source === sourceFor(component, source));

export async function isThere(cache: Cache, wanted: Wanted, { source, verify }: EnsureOptions): Promise<boolean> {
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

/** Where a component will come from: "auto" asks upstream first. */
export async function decide(wanted: Wanted, options: SourceOptions): Promise<Decision> {
  const source = sourceFor(wanted.component, options.source);
  if (source !== "auto") return { wanted, source };
  const why = await upstreamLacks(wanted, options);
  return why === undefined ? { wanted, source: "upstream" } : { wanted, source: "build", why };
}

interface Job {
  readonly options: EnsureOptions;
  readonly cache: Cache;
  readonly source: Source;
  readonly order: number;
  readonly at: At;
  readonly signal: AbortSignal;
}

/** Gets one component into the cache, where no other run did so meanwhile. */
export async function getOne(wanted: Wanted, { options, cache, source, ...job }: Job): Promise<void> {
  const lockFile = options.lockFile ?? path.resolve("artifacts.lock.json");
  const name = `${wanted.component.name}@${wanted.version}-linux-${wanted.architecture}`;
  const waiting = (): void => job.at(`waiting for another run that gets ${describe(wanted)}`);
  await withLock(
    cache.locks,
    name,
    waiting,
    async () => {
      job.signal.throwIfAborted();
      if (await isThere(cache, wanted, options)) return;
      const crane = await lookUp(cache, `crane@${wanted.versions.crane_version ?? ""}-linux-${ownArchitecture}`);
      const folder = path.join(cache.work, name);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      try {
        const pins = await readPins(lockFile);
        const tools = crane ? { crane: objectPath(cache, crane.sha256) } : {};
        const errand = { ...tools, ...options, ...job, wanted, folder, pins };
        await store(cache, lockFile, wanted, await fetchFrom(errand, source));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    job.signal,
  );
}
