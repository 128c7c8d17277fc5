import { covered } from "../../schema/covered.ts";
import { checkWord } from "../../shell/text.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import {
  conditionalRules,
  conditionDifferences,
  conditionsAfter,
  conditionsOf,
  judged,
  locatedConditions,
  outputOf,
  type Conditional,
} from "./conditional.ts";
import { detached } from "./detached.ts";

export type { CommandOutput } from "./conditional.ts";

/** The properties of `command`. */
export interface CommandProps extends Conditional {
  /** For a POSIX shell. */
  readonly run: string;
  /** The command continues if the connection is lost, which is then made again. For long commands. */
  readonly detached?: boolean;
}

/**
 * A shell command. It runs unless its condition, `creates` or `unless`, holds; without a condition it is always a
 * change. Its output is a CommandOutput. Fails with TaskError if the command fails.
 *
 * @example
 * command("Turn swap off", { run: "swapoff --all", unless: `[ "$(wc -l < /proc/swaps)" -le 1 ]` });
 */
export const command = defineResource({
  kind: "command",
  props: { ...conditionalRules, run: prop.text, detached: prop.optional(prop.flag) },
  label: (p: CommandProps) => (p.secret ? covered : (p.run.trim().split("\n")[0] ?? "")),
  locate: (p) => {
    checkWord(p.run, "The command");
    return locatedConditions(p);
  },
  needs: conditionsOf,
  diff: (now, p) => conditionDifferences(now, p, p.run),
  apply: (_found, _now, p) => [
    p.detached
      ? detached({
          ...{ run: p.run, environment: p.environment ?? {}, timeout: p.timeout ?? 24 * 3600 },
          mayFail: p.failedWhen !== undefined,
        })
      : {
          sh: p.run,
          ...(p.environment && { environment: p.environment }),
          ...(p.timeout !== undefined && { timeout: p.timeout }),
          ...(p.failedWhen && { mayFail: true }),
          ...(!p.failedWhen && !p.changedWhen && { judgedByCode: true }),
        },
  ],
  judge: judged,
  output: (_now, _p, results) => outputOf(results),
  forecast: conditionsAfter,
  effects: () => ["everything"],
});
