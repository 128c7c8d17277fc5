import type { Result } from "../../connection/types.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path, type PathState } from "../../queries/path.ts";
import { probe } from "../../queries/probe.ts";
import { exported } from "../../shell/exported.ts";
import { checkWord } from "../../shell/text.ts";
import { prop } from "../../tasks/properties.ts";
import { commandError, type Difference, type Needs } from "../../tasks/resource.ts";

/** The properties of everything that runs unless a condition holds. */
export interface Conditional {
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
  /** Whether a result is a failure; by default, any exit code but 0 is. */
  readonly failedWhen?: (result: Result) => boolean;
  /** Whether the command changed anything. Check mode, which cannot know, predicts a change. */
  readonly changedWhen?: (result: Result) => boolean;
}

export const conditionalRules = {
  creates: prop.optional(prop.text),
  unless: prop.optional(prop.text),
  environment: prop.optional(prop.mapOf(prop.text)),
  secret: prop.optional(prop.flag),
  timeout: prop.optional(prop.number),
  failedWhen: prop.optional(prop.callback),
  changedWhen: prop.optional(prop.callback),
};

/** The result of a command: `stdout` and `stderr` as UTF-8 text, and its exit `code`. */
export interface CommandOutput extends Result {
  /** False if its condition held, so that it did not run. */
  readonly ran: boolean;
}

export interface Conditions {
  readonly made?: PathState;
  readonly holds?: boolean;
}

const silent: Result = { stdout: "", stderr: "", code: 0 };

/** The same properties with a plain path. Throws TaskError for what no shell can hold. */
export function locatedConditions<Props extends Conditional>(p: Props): Props {
  exported(p.environment);
  checkWord(p.unless ?? "", "The command");
  return p.creates === undefined ? p : { ...p, creates: absolutePath(p.creates) };
}

export const conditionsOf = (p: Conditional): Needs<Conditions> => ({
  ...(p.creates !== undefined && { made: path(p.creates) }),
  ...(p.unless !== undefined && { holds: probe(p.unless) }),
});

/** Nothing if one of its conditions holds. `run` is what runs without any. */
export function conditionDifferences({ made, holds }: Conditions, p: Conditional, run: string): Difference[] {
  if (holds === true || (made && made.type !== "absent")) return [];
  const hidden = p.secret ? { secret: true, shownAs: "command" } : {};
  if (p.creates !== undefined) return [{ what: p.creates, before: "absent", after: "present", ...hidden }];
  if (p.unless !== undefined) return [{ what: p.unless, before: false, after: true, ...hidden }];
  return [{ what: "run", before: undefined, after: run, always: true, ...hidden }];
}

/** The outcome of its step. Throws TaskError if it failed. */
export function judged([result = silent]: readonly Result[], p: Conditional): "changed" | "ok" {
  if (p.failedWhen?.(result)) throw commandError(result, "failedWhen is true: ");
  return (p.changedWhen?.(result) ?? true) ? "changed" : "ok";
}

export const outputOf = ([result]: readonly Result[]): CommandOutput => ({
  ...(result ?? silent),
  ran: result !== undefined,
});

export const conditionsAfter = ({ made, holds }: Conditions): Conditions => ({
  // Of the path that it makes, only the existence is known.
  ...(made && { made: { type: "other" } }),
  ...(holds !== undefined && { holds: true }),
});
