import type { Result } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { answer } from "../../queries/answer.ts";
import { ended } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";

export interface ReadProps {
  /** For a POSIX shell. It must change nothing: check mode runs it too. */
  readonly run: string;
  /** Whether what it answered is a failure; where absent, any exit code but 0. */
  readonly failedWhen?: (result: Result) => boolean;
}

/** Asks a host something that later tasks need. Never a change. */
export const read = defineResource({
  kind: "read",
  label: (p: ReadProps) => p.run.trim().split("\n")[0] ?? "",
  needs: (p) => ({ answer: answer(p.run) }),
  diff: ({ answer: result }, p) => {
    if (p.failedWhen?.(result) ?? result.code !== 0)
      throw new TaskError(p.failedWhen ? `failedWhen holds: ${ended(result)}` : ended(result));
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: ({ answer: result }): Result => result,
  reads: true,
});
