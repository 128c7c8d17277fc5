import { TransientError } from "../errors.ts";

/** For objects of an API that does not answer, and that nothing in the run is to start. */
export const unreachable = (why: string): TransientError =>
  new TransientError(`cannot be compared with the cluster: ${why}`);
