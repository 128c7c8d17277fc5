import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, readFile, rename, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { TaskError } from "../errors.ts";
import { cacheFolder, sync, writeWhole } from "../files.ts";

export type Source = "upstream" | "build" | "directory";

/** The content of refs/<name>@<version>-linux-<arch>.json; the bytes are in objects/<sha256>. */
export interface Ref {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
  readonly size: number;
  readonly source: Source;
  /** The compiler of a local build: "go1.26.8". */
  readonly builtWith?: string;
}

export interface Cache {
  readonly objects: string;
  readonly refs: string;
  /** Unfinished work: one folder per component, emptied by the holder of that component's lock. */
  readonly work: string;
  readonly locks: string;
}

export const cacheAt = (folder: string): Cache => ({
  objects: path.join(folder, "objects"),
  refs: path.join(folder, "refs"),
  work: path.join(folder, "work"),
  locks: path.join(folder, "locks"),
});

export const defaultCache = (): Cache => cacheAt(cacheFolder());

export const objectFile = (cache: Cache, sha256: string): string => path.join(cache.objects, sha256);
const refPath = (cache: Cache, ref: string): string => path.join(cache.refs, `${ref}.json`);

/** The name of a ref: "kubelet@1.37.2-linux-amd64". */
export const refNameOf = (name: string, version: string, architecture: string): string =>
  `${name}@${version}-linux-${architecture}`;

const isRef = (value: unknown): value is Ref =>
  typeof value === "object" &&
  value !== null &&
  "sha256" in value &&
  typeof value.sha256 === "string" &&
  /^[0-9a-f]{64}$/.test(value.sha256) &&
  "size" in value &&
  typeof value.size === "number" &&
  "source" in value;

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** A ref as it is recorded; undefined if it is missing. Rejects with TaskError if it is damaged. */
export async function readRef(cache: Cache, name: string): Promise<Ref | undefined> {
  const file = refPath(cache, name);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const ref = parsed(text);
  if (isRef(ref)) return ref;
  throw new TaskError(`${file} is damaged: delete it and run with --tags artifacts`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The ref, if it and its object exist and the object's size is right; with `verify`, if its digest is right too. */
export async function lookUp(cache: Cache, name: string, verify = false): Promise<Ref | undefined> {
  try {
    const ref = await readRef(cache, name);
    if (!ref) return undefined;
    const object = objectFile(cache, ref.sha256);
    if ((await stat(object)).size !== ref.size) return undefined;
    if (verify && (await sha256Of(object)) !== ref.sha256) return undefined;
    return ref;
  } catch {
    return undefined; // absent, cut off or unreadable: in each case it must be made again
  }
}

/** Moves a finished file from the cache's work folder to objects/<sha256>. */
export async function storeObject(cache: Cache, file: string, sha256: string): Promise<void> {
  await mkdir(cache.objects, { recursive: true });
  await chmod(file, 0o755);
  await sync(file);
  await rename(file, objectFile(cache, sha256));
  await sync(cache.objects);
}

export const writeRef = (cache: Cache, name: string, ref: Ref): Promise<void> =>
  writeWhole(refPath(cache, name), `${JSON.stringify(ref, null, 2)}\n`);
