import type { Result } from "../../connection/types.ts";
import { answer } from "../../queries/answer.ts";
import { covered } from "../../schema/covered.ts";
import { commandError } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { prop } from "../../tasks/properties.ts";

/** The properties of `read`. */
export interface ReadProps {
  /** For a POSIX shell. It must change nothing: check mode runs it too. */
  readonly run: string;
  /** Neither the command nor its output is shown, and its output counts as secret in later tasks. */
  readonly secret?: boolean;
  /** Whether a result is a failure; by default, any exit code but 0 is. */
  readonly failedWhen?: (result: Result) => boolean;
}

/**
 * A shell command that only reads what later tasks need; never a change. Its output is the result: `stdout` and
 * `stderr` as UTF-8 text, and the exit `code`. Fails with TaskError if the command fails.
 *
 * @example
 * const kernel = read("Read the kernel's release", { run: "uname -r" });
 * file("Write it", { dest: "/etc/kernel", content: kernel.output.map(({ stdout }) => stdout) });
 */
export const read = defineResource({
  kind: "read",
  props: {
    run: prop.text,
    secret: prop.optional(prop.flag),
    failedWhen: prop.optional(prop.callback),
  },
  label: (p: ReadProps) => (p.secret ? covered : (p.run.trim().split("\n")[0] ?? "")),
  needs: (p) => ({ answer: answer(p.run) }),
  diff: ({ answer: result }, p) => {
    if (p.failedWhen?.(result) ?? result.code !== 0) throw commandError(result, p.failedWhen && "failedWhen is true: ");
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: ({ answer: result }): Result => result,
  reads: true,
});
