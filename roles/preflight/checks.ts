import { authorityChecks } from "./authority-checks.ts";
import type { Checked, Checks } from "./checked.ts";
import { clusterChecks } from "./cluster-checks.ts";
import { joinChecks } from "./join-checks.ts";
import { leftoverChecks } from "./leftover-checks.ts";
import { machineChecks } from "./machine-checks.ts";
import { memberChecks } from "./member-checks.ts";
import { networkChecks } from "./network-checks.ts";
import { overlapChecks } from "./overlap-checks.ts";
import { versionChecks } from "./version-checks.ts";

/** Every check, by the name with which it can be skipped. */
export const checks: Checks = {
  ...machineChecks,
  ...networkChecks,
  ...overlapChecks,
  ...authorityChecks,
  ...memberChecks,
  ...clusterChecks,
  ...versionChecks,
  ...joinChecks,
  ...leftoverChecks,
};

/** All problems of a host; `ignored` are names of checks. */
export const problemsOf = (checked: Checked, ignored: readonly string[]): string[] =>
  Object.entries(checks).flatMap(([name, check]) => {
    const problem = ignored.includes(name) ? undefined : check(checked);
    return problem === undefined ? [] : [`${name}: ${problem}`];
  });
