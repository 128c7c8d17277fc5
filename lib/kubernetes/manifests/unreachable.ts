import { TaskError, TransientError } from "#engine/errors.ts";
import type { Unreachable } from "../api/kubernetes-api.ts";

/** For objects of an API that does not answer, and that nothing in the run is to start. */
export const unreachable = ({ why, transient }: Unreachable): TaskError =>
  new (transient ? TransientError : TaskError)(`cannot be compared with the cluster: ${why}`);
