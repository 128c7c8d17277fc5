import { defineQuery, type Query } from "#engine/queries/define.ts";
import { defaultCache, lookUp, type Ref } from "#engine/cache/cache.ts";
import { onTheirWay } from "./queue.ts";

/**
 * The contents of the cache, by ref ("etcd@3.7.3-linux-amd64"). A ref is undefined if it is missing or damaged.
 * One that this run fetches in the background is undefined until a task has waited for it.
 */
export type Cached = Readonly<Record<string, Ref | undefined>>;

const reader = (verify: boolean) => async (refs: readonly string[]) => {
  const cache = defaultCache();
  const coming = onTheirWay();
  const found = refs.map(async (ref) => [ref, coming.has(ref) ? undefined : await lookUp(cache, ref, verify)] as const);
  return new Map(await Promise.all(found));
};

/** Accepts an object that exists and has the right size. */
const cached = defineQuery<Ref | undefined>({ kind: "cached artifact", get: reader(false) });
/** Hashes the object. */
const verified = defineQuery<Ref | undefined>({ kind: "verified artifact", get: reader(true) });

/** One query for each ref, so that a ref of several tasks is looked up and forecast once. */
export const cachedRefs = (refs: readonly string[], verify = false): Readonly<Record<string, Query<Ref | undefined>>> =>
  Object.fromEntries(refs.map((ref) => [ref, (verify ? verified : cached)(ref)]));
