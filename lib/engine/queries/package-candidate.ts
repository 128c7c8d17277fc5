import { TaskError } from "../errors.ts";
import { byManager } from "../shell/package-managers/index.ts";
import { aptError, readingApt } from "./apt.ts";
import { defineQuery } from "./define.ts";
import { words } from "./keys.ts";

/** The version that the package manager would install. Undefined if it knows none, or if it is not apt and knows none that is newer. */
export type PackageCandidateState = string | undefined;

/** The newest version of a package by the host's package lists and preferences. The name is as for apt: "nginx", "libc6:i386". */
export const packageCandidate = defineQuery<PackageCandidateState>({
  kind: "package candidate",
  ask: (names) =>
    byManager(
      `said=$(${readingApt("apt-cache")} policy -- ${words(names)} 2>&1) || echo "apt failed"; printf '%s\\n' "$said"`,
      // Printed as apt-cache prints it.
      ({ name, newer, newerRow }) => `if said=$(${newer(words(names.map((one) => one.replace(/:.*/, ""))))} 2>&1); then
  printf '%s\\n' "$said" | sed -n '${newerRow}' | sed 's/\\(.*\\) /\\1:\\n  Candidate: /'
else
  printf '%s\\n' "${name} failed" "$said"
fi`,
    ),
  parse: (stdout, names) => {
    const [, failed] = /^(\w+) failed\n/.exec(stdout) ?? [];
    if (failed !== undefined) {
      const error = new TaskError(`${failed} cannot tell the newest version: ${aptError(stdout.replace(/^.*\n/, ""))}`);
      return new Map<string, PackageCandidateState | TaskError>(names.map((name) => [name, error]));
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
