import { availableParallelism } from "node:os";
import PQueue from "p-queue";
import type { FetchRequest } from "./fetch-request.ts";

/** A build uses every core and much memory by itself; a second one fills the gaps of the first where there are cores for it. */
export const compiling = new PQueue({ concurrency: availableParallelism() >= 4 ? 2 : 1 });
/** Modules for the next builds come meanwhile. */
export const fetchingModules = new PQueue({ concurrency: 4 });
export const downloads = new PQueue({ concurrency: 4 });
/** dpkg and the disk are busy with one root file system. */
export const makingRoots = new PQueue({ concurrency: 1 });

/** Does work when there is room for it: of all that waits, what is needed soonest comes first. */
export const inTurn = <T>(queue: PQueue, { order, signal }: FetchRequest, work: () => Promise<T>): Promise<T> =>
  queue.add(work, { priority: -order, ...(signal && { signal }) });
