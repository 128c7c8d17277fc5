import { PlayError, TaskError, UnreachableError } from "../../errors.ts";
import { isHidden, shownMessage } from "../../tasks/hiding.ts";
import { linesInMessage } from "../../tasks/resource.ts";
import type { Task } from "../../tasks/task.ts";
import { endsOf, type ShownStep } from "./shown-step.ts";

/**
 * The report of a failed task. A wait that timed out is transient: its condition can still come true. The resource's hint
 * follows the reason, if its props are known and the host can be reached.
 */
export const failureOf = (error: unknown, { does }: Pick<Task, "does">, props: object | undefined) => ({
  message: [shownMessage(props, reasonOf(error)), ...hintsOf(error, does, props)].join("\n"),
  transient:
    (error instanceof TaskError && error.transient) ||
    (error instanceof UnreachableError && !error.final) ||
    ("resource" in does && does.resource.waits === true && !(error instanceof UnreachableError)),
  steps: unshownOf(error, props),
});

/** What a failed program printed, if the message has only the end of it. */
function unshownOf(error: unknown, props: object | undefined): ShownStep[] {
  if (!(error instanceof PlayError) || !error.result || (props && isHidden(props))) return [];
  const { stdout, stderr, code } = error.result;
  const isWhole =
    (stdout.trim() === "" || stderr.trim() === "") && `${stdout}${stderr}`.trim().split("\n").length <= linesInMessage;
  return isWhole ? [] : [{ ...endsOf({ stdout, stderr }), code }];
}

function hintsOf(error: unknown, does: Task["does"], props: object | undefined): string[] {
  if (error instanceof UnreachableError || props === undefined || !("resource" in does)) return [];
  try {
    const hint = does.resource.hint?.(props);
    return hint === undefined || hint === "" ? [] : [hint];
  } catch {
    return [];
  }
}

/** The reason of a failure on a host. An unexpected error names its place in the code. */
export function reasonOf(error: unknown): string {
  if (error instanceof PlayError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const place = error.stack
    ?.split("\n")
    .map((line) => line.trim())
    .find((line) => line.startsWith("at ") && !line.includes("node_modules") && !line.includes("node:"));
  return `unexpected ${error.name}: ${error.message}${place === undefined ? "" : ` (${place})`}`;
}
