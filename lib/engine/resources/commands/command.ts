import type { Result } from "../../connection/types.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path, type PathState } from "../../queries/path.ts";
import { probe } from "../../queries/probe.ts";
import { covered } from "../../schema/covered.ts";
import { exported } from "../../shell/exported.ts";
import { checkWord } from "../../shell/text.ts";
import { detached } from "./detached.ts";
import { commandError, type Difference, type Needs } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import { prop } from "../../tasks/properties.ts";

/** The properties of `command`. */
export interface CommandProps {
  /** For a POSIX shell. */
  readonly run: string;
  /** A path that the command makes: if it exists, the command does not run. */
  readonly creates?: string;
  /** A shell condition: if it holds, the command does not run. It must change nothing. */
  readonly unless?: string;
  /** Seen by the command and by root only, unlike the arguments of the programs that it starts. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Neither the command nor its output is shown, and its output counts as secret in later tasks. */
  readonly secret?: boolean;
  /** Seconds; 600 by default, 24 hours if detached. */
  readonly timeout?: number;
  /** The command continues if the connection is lost, which is then made again. For long commands. */
  readonly detached?: boolean;
  /** Whether a result is a failure; by default, any exit code but 0 is. */
  readonly failedWhen?: (result: Result) => boolean;
  /** Whether the command changed anything. Check mode, which cannot know, predicts a change. */
  readonly changedWhen?: (result: Result) => boolean;
}

/** The result of a command: `stdout` and `stderr` as UTF-8 text, and its exit `code`. */
export interface CommandOutput extends Result {
  /** False if its condition held, so that it did not run. */
  readonly ran: boolean;
}

interface CommandNow {
  readonly made?: PathState;
  readonly holds?: boolean;
}

const silent: Result = { stdout: "", stderr: "", code: 0 };

/**
 * A shell command. It runs unless its condition, `creates` or `unless`, holds; without a condition it is always a
 * change. Its output is a CommandOutput. Fails with TaskError if the command fails.
 *
 * @example
 * command("Turn swap off", { run: "swapoff --all", unless: `[ "$(wc -l < /proc/swaps)" -le 1 ]` });
 */
export const command = defineResource({
  kind: "command",
  props: {
    run: prop.text,
    creates: prop.optional(prop.text),
    unless: prop.optional(prop.text),
    environment: prop.optional(prop.mapOf(prop.text)),
    secret: prop.optional(prop.flag),
    timeout: prop.optional(prop.number),
    detached: prop.optional(prop.flag),
    failedWhen: prop.optional(prop.callback),
    changedWhen: prop.optional(prop.callback),
  },
  label: (p: CommandProps) => (p.secret ? covered : (p.run.trim().split("\n")[0] ?? "")),
  locate: (p) => {
    exported(p.environment);
    for (const text of [p.run, p.unless ?? ""]) checkWord(text, "The command");
    return p.creates === undefined ? p : { ...p, creates: absolutePath(p.creates) };
  },
  needs: (p): Needs<CommandNow> => ({
    ...(p.creates !== undefined && { made: path(p.creates) }),
    ...(p.unless !== undefined && { holds: probe(p.unless) }),
  }),
  diff: ({ made, holds }, p): Difference[] => {
    if (holds === true || (made && made.type !== "absent")) return [];
    const hidden = p.secret ? { secret: true, shownAs: "command" } : {};
    if (p.creates !== undefined) return [{ what: p.creates, before: "absent", after: "present", ...hidden }];
    if (p.unless !== undefined) return [{ what: p.unless, before: false, after: true, ...hidden }];
    return [{ what: "run", before: undefined, after: p.run, always: true, ...hidden }];
  },
  apply: (_found, _now, p) => [
    p.detached
      ? detached({ run: p.run, environment: p.environment ?? {}, timeout: p.timeout ?? 24 * 3600 })
      : {
          sh: p.run,
          ...(p.environment && { environment: p.environment }),
          ...(p.timeout !== undefined && { timeout: p.timeout }),
          ...(p.failedWhen && { mayFail: true }),
          ...(!p.failedWhen && !p.changedWhen && { judgedByCode: true }),
        },
  ],
  judge: ([result = silent], p) => {
    if (p.failedWhen?.(result)) throw commandError(result, "failedWhen is true: ");
    if (p.detached && !p.failedWhen && result.code !== 0) throw commandError(result);
    return (p.changedWhen?.(result) ?? true) ? "changed" : "ok";
  },
  output: (_now, _p, [result]): CommandOutput => ({ ...(result ?? silent), ran: result !== undefined }),
  forecast: ({ made, holds }): CommandNow => ({
    // Of the path that it makes, only the existence is known.
    ...(made && { made: { type: "other" } }),
    ...(holds !== undefined && { holds: true }),
  }),
  effects: () => ["everything"],
});
