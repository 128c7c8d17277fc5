import { defaultCache, objectFile, readRef, refNameOf } from "../cache/cache.ts";
import { TaskError } from "../errors.ts";
import { askNow, defineQuery } from "./define.ts";

/** A file in the artifact cache on the controller, `size` in bytes; undefined if it is not there yet. */
export type ArtifactState = { readonly sha256: string; readonly size: number; readonly file: string } | undefined;

/**
 * An artifact. The key is `name@version/architecture`, e.g. `etcd@3.7.3/amd64`. Fails with TaskError for another key.
 */
export const artifact = defineQuery<ArtifactState>({
  kind: "artifact",
  get: async (keys) => new Map(await Promise.all(keys.map(async (key) => [key, await read(key)] as const))),
});

/** The forecast of an artifact that will be fetched: its digest is known after apply, and the same for every task. */
export const artifactToCome = (key: string): NonNullable<ArtifactState> => ({
  sha256: `known after apply: ${key}`,
  size: 0,
  file: "",
});

/**
 * The path of an artifact's file, for work in progress on the controller. Rejects with TaskError if it is not cached.
 */
export async function artifactFile(name: string): Promise<string> {
  const found = await askNow(artifact(name));
  if (found) return found.file;
  throw new TaskError(`${name} is not in the artifact cache: run npm run play -- --tags artifacts site first`);
}

async function read(key: string): Promise<ArtifactState> {
  const [, name, version, architecture] = /^([^@/]+)@([^@/]+)\/([a-z0-9]+)$/.exec(key) ?? [];
  if (name === undefined || version === undefined || architecture === undefined)
    throw new TaskError(`"${key}" is not an artifact, expected name@version/architecture such as etcd@3.7.3/amd64`);
  const cache = defaultCache();
  const ref = await readRef(cache, refNameOf(name, version, architecture));
  return ref && { sha256: ref.sha256, size: ref.size, file: objectFile(cache, ref.sha256) };
}
