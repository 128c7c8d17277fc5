import { defineQuery, type Query } from "#engine/queries/define.ts";
import { defaultCache, lookUp, type Ref } from "#engine/cache/cache.ts";
import { onTheirWay } from "./queue.ts";

/**
 * What the cache has, by ref ("etcd@3.7.3-linux-amd64"). A ref that is not there, or is damaged, is undefined, and so is one
 * that this run brings in the background, until a task waits for it.
 */
export type Cached = Readonly<Record<string, Ref | undefined>>;

const reader = (verify: boolean) => async (refs: readonly string[]) => {
  const cache = defaultCache();
  const coming = onTheirWay();
  const found = refs.map(async (ref) => [ref, coming.has(ref) ? undefined : await lookUp(cache, ref, verify)] as const);
  return new Map(await Promise.all(found));
};

/** Believes an object that is there and has its size. */
const cached = defineQuery<Ref | undefined>({ kind: "cached artifact", get: reader(false) });
/** Hashes the object. */
const verified = defineQuery<Ref | undefined>({ kind: "verified artifact", get: reader(true) });

/** A query for each ref: what several tasks ask for is asked once, and forecast once. */
export const cachedRefs = (refs: readonly string[], verify = false): Readonly<Record<string, Query<Ref | undefined>>> =>
  Object.fromEntries(refs.map((ref) => [ref, (verify ? verified : cached)(ref)]));
