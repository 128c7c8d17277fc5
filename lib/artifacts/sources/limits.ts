import { totalmem } from "node:os";
import PQueue from "p-queue";
import type { FetchRequest } from "./fetch-request.ts";

const gib = 2 ** 30;
/** Whether the memory is enough for two builds beside a lab. */
export const manyBuilds = totalmem() >= 15 * gib;

/** One build uses much memory, but not always every core: linkers use one. A second build fills the gaps. */
export const compiling = new PQueue({ concurrency: manyBuilds ? 2 : 1 });
/** Modules for the next builds are fetched meanwhile. */
export const fetchingModules = new PQueue({ concurrency: 4 });
export const downloads = new PQueue({ concurrency: 4 });
/** One root file system keeps dpkg and the disk busy. */
export const makingRoots = new PQueue({ concurrency: 1 });

/** Runs work when the queue has room for it. Of the waiting work, the soonest needed runs first. */
export const inTurn = <T>(queue: PQueue, { order, signal }: FetchRequest, work: () => Promise<T>): Promise<T> =>
  queue.add(work, { priority: -order, ...(signal && { signal }) });
