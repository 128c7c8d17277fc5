import { TaskError, TransientError } from "#engine/errors.ts";
import type { Unreachable } from "../api/kubernetes-api.ts";

/** The error for an API that does not answer and that this run does not start. */
export const unreachable = ({ why, transient }: Unreachable): TaskError =>
  new (transient ? TransientError : TaskError)(`cannot be compared with the cluster: ${why}`);
