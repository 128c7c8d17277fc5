import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { buildWithC } from "../sources/c-build.ts";
import {
  lookUp,
  objectFile,
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
import type { At, FetchedFiles, FetchRequest, SourceChoice, SourceOptions } from "../sources/fetch-request.ts";
import { fetchFromDirectory } from "../sources/directory.ts";
import { buildWithGo } from "../sources/go-build.ts";
import { addPins, checkPins, pinName, readPins, shippedLockFile } from "../sources/pins.ts";
import { withLock } from "./mutex.ts";
import { treeOfModule } from "../sources/tree.ts";
import { fetchUpstream, upstreamUnreachable } from "../sources/upstream.ts";
import { describe, ownArchitecture, refName, type WantedComponent } from "../catalogue/wanted.ts";

export interface EnsureOptions extends SourceOptions {
  readonly cache?: Cache;
  /** The artifacts.lock.json of kubeplay by default. It is read; new pins go to the project's .kubeplay/. */
  readonly lockFile?: string;
  /** Hash the files in the cache instead of only checking their sizes. */
  readonly verify?: boolean;
}

export const lockFileOf = ({ lockFile }: EnsureOptions): string => lockFile ?? shippedLockFile;

const build = (request: FetchRequest): Promise<FetchedFiles> => {
  const { build } = request.wanted.component;
  switch (build.kind) {
    case "go":
      return buildWithGo(request, build);
    case "c":
      return buildWithC(request, build);
    case "tree":
      return treeOfModule(request, build);
    case "debian":
      return fetchFromDebian(request, build);
    case "debian-root":
      return makeDebianRoot(request, build);
  }
};

function fetchFrom(request: FetchRequest, source: Source): Promise<FetchedFiles> {
  switch (source) {
    case "upstream":
      return fetchUpstream(request);
    case "build":
      return build(request);
    case "directory":
      return fetchFromDirectory(request);
  }
}

/** A component that only Debian releases counts as "build" for every source except "directory". */
export const sourceFor = ({ upstream }: Component, source: SourceChoice): SourceChoice =>
  upstream === undefined && source !== "directory" ? "build" : source;

/** Whether a file in the cache is from the chosen source: "auto" accepts any source. */
export const fits = (ref: Ref | undefined, component: Component, source: SourceChoice): boolean =>
  ref !== undefined && (source === "auto" || ref.source === sourceFor(component, source));

export async function isThere(
  cache: Cache,
  wanted: WantedComponent,
  { source, verify }: EnsureOptions,
): Promise<boolean> {
  const refs = await Promise.all(
    wanted.component.binaries.map((binary) => lookUp(cache, refName(wanted, binary), verify)),
  );
  return refs.every((ref) => fits(ref, wanted.component, source));
}

/** Stores all files of a component or none: digests are checked against the pins before the first file is moved. */
async function store(cache: Cache, lockFile: string, wanted: WantedComponent, fetched: FetchedFiles): Promise<void> {
  const { version, architecture } = wanted;
  const { source, origin, builtWith } = fetched;
  const made = await Promise.all(
    Object.entries(fetched.files).map(async ([name, file]) => {
      const [sha256, { size }] = await Promise.all([sha256Of(file), stat(file)]);
      const ref: Ref = { name, version, architecture, sha256, size, source, ...(builtWith ? { builtWith } : {}) };
      return { file, ref };
    }),
  );
  const pins = Object.fromEntries(
    origin === undefined ? [] : made.map(({ ref }) => [pinName(ref.name, version, architecture, origin), ref.sha256]),
  );
  checkPins((await readPins(lockFile)).artifacts, pins);
  for (const { file, ref } of made) await storeObject(cache, file, ref.sha256);
  await withLock(
    cache.locks,
    "pins",
    () => undefined,
    () => addPins(lockFile, { artifacts: pins, downloads: fetched.downloads ?? {} }),
  );
  for (const { ref } of made) await writeRef(cache, refName(wanted, ref.name), ref);
}

/**
 * Decides where a component will come from. "auto" builds it only if its upstream cannot be reached: an answer of upstream
 * that is a refusal fails the download, with its cause.
 */
export async function decide(wanted: WantedComponent, options: SourceOptions): Promise<Decision> {
  const source = sourceFor(wanted.component, options.source);
  if (source !== "auto") return { wanted, source };
  const why = await upstreamUnreachable(wanted, options);
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

/** Gets one component into the cache, unless another run has done so meanwhile. */
export async function getOne(wanted: WantedComponent, { options, cache, source, ...job }: Job): Promise<void> {
  const lockFile = lockFileOf(options);
  const name = `${wanted.component.name}@${wanted.version}-linux-${wanted.architecture}`;
  const waiting = (): void => job.at(`waiting for another run to get ${describe(wanted)}`);
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
        const tools = crane ? { crane: objectFile(cache, crane.sha256) } : {};
        const request = { ...tools, ...options, ...job, wanted, folder, pins };
        await store(cache, lockFile, wanted, await fetchFrom(request, source));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    job.signal,
  );
}
