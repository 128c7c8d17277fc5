import { PlayError, TaskError, UnreachableError } from "../../errors.ts";
import type { Task } from "../../tasks/task.ts";

/** What a task tells of its failure. What was waited for in vain may come yet. */
export const failureOf = (error: unknown, { does }: Pick<Task, "does">) => ({
  message: reasonOf(error),
  transient:
    (error instanceof TaskError && error.transient) ||
    (error instanceof UnreachableError && !error.final) ||
    ("resource" in does && does.resource.waits === true && !(error instanceof UnreachableError)),
});

/** Why something failed on a host. What nobody expected ends that host only, and says where in the code it came from. */
export function reasonOf(error: unknown): string {
  if (error instanceof PlayError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const place = error.stack
    ?.split("\n")
    .map((line) => line.trim())
    .find((line) => line.startsWith("at ") && !line.includes("node_modules") && !line.includes("node:"));
  return `unexpected ${error.name}: ${error.message}${place === undefined ? "" : ` (${place})`}`;
}
