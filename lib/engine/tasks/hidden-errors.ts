import { PlayError } from "../errors.ts";

/** Stands in place of a program's output. */
const hidden = "(its output is not shown, because there is a secret in this task)";

/** The same error, without the output of a program. */
export function withoutOutput(error: unknown): unknown {
  if (!(error instanceof PlayError)) return error;
  error.result = undefined;
  if (error.printed !== "") error.message = error.message.replace(error.printed, () => hidden);
  return error;
}

/** Calls `work`; an error of it has no program's output in its message. */
export function quietly<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw withoutOutput(error);
  }
}
