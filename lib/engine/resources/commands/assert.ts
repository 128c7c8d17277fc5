import { TaskError } from "../../errors.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";

/** The properties of `assert`. */
export interface AssertProps {
  /** What must hold: a value, or made from the output of an earlier task. */
  readonly that: boolean;
  /** What is wrong if it does not hold, and what to do. */
  readonly message: string;
}

/**
 * Fails the host's play with a message unless something holds; never a change. For values that are known when the role
 * is planned, `throw new TaskError` in its `tasks` is as good.
 *
 * @example
 * assert("Refuse a full disk", { that: free.output.map(({ stdout }) => Number(stdout) > 1e9), message: "free a gigabyte" });
 */
export const assert = defineResource({
  kind: "assert",
  props: { that: prop.flag, message: prop.text },
  label: ({ message }: AssertProps) => message,
  needs: () => ({}),
  diff: (_now, { that, message }) => {
    if (!that) throw new TaskError(message);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  waits: true,
});
