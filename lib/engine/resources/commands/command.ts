import type { Result } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { path, type PathState } from "../../queries/path.ts";
import { probe } from "../../queries/probe.ts";
import { detached } from "./detached.ts";
import { ended, type Difference, type Needs } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";

export interface CommandProps {
  /** For a POSIX shell. */
  readonly run: string;
  /** A path that it makes: with it there, nothing is to be done. */
  readonly creates?: string;
  /** A shell condition: where it holds, nothing is to be done. It must change nothing. */
  readonly unless?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout?: number;
  /** It goes on by itself when the connection is lost, which is made again; for what takes long. */
  readonly detached?: boolean;
  /** Whether what it answered is a failure; where absent, any exit code but 0. */
  readonly failedWhen?: (result: Result) => boolean;
  /** Whether it changed anything. Check mode, which cannot know, foretells a change. */
  readonly changedWhen?: (result: Result) => boolean;
}

/** What a command answered; `ran` is false where its condition held and nothing was to be done. */
export interface CommandOutput extends Result {
  readonly ran: boolean;
}

interface CommandNow {
  readonly made?: PathState;
  readonly holds?: boolean;
}

const silent: Result = { stdout: "", stderr: "", code: 0 };

/** A command, run where its condition does not hold; without one it is always a change. */
export const command = defineResource({
  kind: "command",
  label: (p: CommandProps) => p.run.trim().split("\n")[0] ?? "",
  needs: (p): Needs<CommandNow> => ({
    ...(p.creates !== undefined && { made: path(p.creates) }),
    ...(p.unless !== undefined && { holds: probe(p.unless) }),
  }),
  diff: ({ made, holds }, p): Difference[] => {
    if (holds === true || (made && made.type !== "absent")) return [];
    if (p.creates !== undefined) return [{ what: p.creates, before: "absent", after: "present" }];
    if (p.unless !== undefined) return [{ what: p.unless, before: false, after: true }];
    return [{ what: "run", before: undefined, after: p.run, always: true }];
  },
  apply: (_found, _now, p) => [
    p.detached
      ? detached({ run: p.run, environment: p.environment ?? {}, timeout: p.timeout ?? 24 * 3600 })
      : {
          sh: p.run,
          ...(p.environment && { environment: p.environment }),
          ...(p.timeout !== undefined && { timeout: p.timeout }),
          ...(p.failedWhen && { mayFail: true }),
        },
  ],
  judge: ([result = silent], p) => {
    if (p.failedWhen?.(result)) throw new TaskError(`failedWhen holds: ${ended(result)}`);
    if (p.detached && !p.failedWhen && result.code !== 0) throw new TaskError(ended(result));
    return (p.changedWhen?.(result) ?? true) ? "changed" : "ok";
  },
  output: (_now, _p, [result]): CommandOutput => ({ ...(result ?? silent), ran: result !== undefined }),
  forecast: ({ made, holds }): CommandNow => ({
    // Of what it makes, only that it will be there is known.
    ...(made && { made: { type: "other" } }),
    ...(holds !== undefined && { holds: true }),
  }),
  effects: () => ["everything"],
});
