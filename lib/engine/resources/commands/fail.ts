import { TaskError } from "../../errors.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";

/** The properties of `fail`. */
export interface FailProps {
  /** What is wrong, and what to do. */
  readonly message: string;
}

/**
 * Fails the host's play with a message, in check mode too; for a task with `.when(…)` on the output of an earlier one. For
 * values that are known when the role is planned, `throw new TaskError` in its `tasks` is as good.
 *
 * @example
 * fail("Refuse an old kernel", { message: "expected Linux 6.12 or newer" }).when(kernel.output.map(isOld));
 */
export const fail = defineResource({
  kind: "fail",
  props: { message: prop.text },
  label: () => "",
  needs: () => ({}),
  diff: (_now, { message }: FailProps) => {
    throw new TaskError(message);
  },
  apply: () => [],
  forecast: () => ({}),
  waits: true,
});
