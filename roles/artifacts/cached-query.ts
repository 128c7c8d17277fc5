import { defineQuery } from "#lib/queries/define.ts";
import { defaultCache, lookUp, type Ref } from "./cache.ts";
import { onTheirWay } from "./queue.ts";

/**
 * What the cache has of the refs that a key lists; a ref that is not there, or is damaged, is undefined, and so is one that
 * this run brings in the background, until a task waits for it.
 */
export type Cached = Readonly<Record<string, Ref | undefined>>;

const separator = " ";
export const keyOf = (refs: readonly string[]): string => refs.join(separator);

async function read(key: string, verify: boolean): Promise<Cached> {
  const cache = defaultCache();
  const names = key.split(separator);
  const coming = onTheirWay();
  const refs = await Promise.all(
    names.map(async (name) => (coming.has(name) ? undefined : lookUp(cache, name, verify))),
  );
  return Object.fromEntries(names.map((name, index) => [name, refs[index]]));
}

const reader =
  (verify: boolean) =>
  async (keys: readonly string[]): Promise<ReadonlyMap<string, Cached>> =>
    new Map(await Promise.all(keys.map(async (key) => [key, await read(key, verify)] as const)));

/** Believes an object that is there and has its size. */
export const cached = defineQuery<Cached>({ kind: "cached artifacts", get: reader(false) });
/** Hashes every object. */
export const verified = defineQuery<Cached>({ kind: "verified artifacts", get: reader(true) });
