import { availableParallelism } from "node:os";
import PQueue from "p-queue";
import type { FetchRequest } from "./fetch-request.ts";

/** One build uses every core and much memory. A second one fills the gaps of the first if there are enough cores. */
export const compiling = new PQueue({ concurrency: availableParallelism() >= 4 ? 2 : 1 });
/** Modules for the next builds are fetched meanwhile. */
export const fetchingModules = new PQueue({ concurrency: 4 });
export const downloads = new PQueue({ concurrency: 4 });
/** One root file system keeps dpkg and the disk busy. */
export const makingRoots = new PQueue({ concurrency: 1 });

/** Runs work when the queue has room for it. Of the waiting work, the soonest needed runs first. */
export const inTurn = <T>(queue: PQueue, { order, signal }: FetchRequest, work: () => Promise<T>): Promise<T> =>
  queue.add(work, { priority: -order, ...(signal && { signal }) });
