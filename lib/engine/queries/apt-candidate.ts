import { TaskError } from "../errors.ts";
import { aptError, readingApt } from "./apt.ts";
import { defineQuery } from "./define.ts";
import { words } from "./keys.ts";

/** The version that apt would install; undefined if its lists have none. */
export type AptCandidateState = string | undefined;

/** The newest version of a package by apt's lists and preferences. The name is as for apt: "nginx", "libc6:i386". */
export const aptCandidate = defineQuery<AptCandidateState>({
  kind: "apt candidate",
  ask: (names) =>
    `said=$(${readingApt("apt-cache")} policy -- ${words(names)} 2>&1) || echo "apt failed"; printf '%s\\n' "$said"`,
  parse: (stdout, names) => {
    if (stdout.startsWith("apt failed\n")) {
      const error = new TaskError(`apt cannot tell the newest version: ${aptError(stdout)}`);
      return new Map<string, AptCandidateState | TaskError>(names.map((name) => [name, error]));
    }
    const found = new Map<string, string>();
    let heading = "";
    for (const line of stdout.split("\n")) {
      const [, name] = /^(\S+):$/.exec(line) ?? [];
      if (name !== undefined) heading = name;
      const [, version] = /^ {2}Candidate: (\S+)$/.exec(line) ?? [];
      if (version !== undefined && version !== "(none)") found.set(heading, version);
    }
    // A package of the host's own architecture is listed without it.
    return new Map(names.map((name) => [name, found.get(name) ?? found.get(name.replace(/:[^:]*$/, ""))]));
  },
});
