import { path, type PathState } from "../queries/path.ts";
import { probe } from "../queries/probe.ts";
import type { Difference, Needs } from "./define.ts";
import { defineResource } from "./task.ts";

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
}

interface CommandNow {
  readonly made?: PathState;
  readonly holds?: boolean;
}

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
    {
      sh: p.run,
      ...(p.environment && { environment: p.environment }),
      ...(p.timeout !== undefined && { timeout: p.timeout }),
    },
  ],
  forecast: ({ made, holds }): CommandNow => ({
    // Of what it makes, only that it will be there is known.
    ...(made && { made: { type: "other" } }),
    ...(holds !== undefined && { holds: true }),
  }),
  effects: () => ["everything"],
});
