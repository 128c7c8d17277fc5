import type { Check, Finding, Seen } from "./check.ts";

/** A finding with the name of the check that has it. */
export interface Diagnosis extends Finding {
  readonly check: string;
}

const rank = { error: 0, warning: 1, note: 2 } as const;

/** What all checks find: errors first, then in the order of the checks. A check that fails is a finding itself. */
export function examine(
  checks: readonly Check[],
  seenBy: (check: Check) => Seen,
  unread: readonly Finding[] = [],
): Diagnosis[] {
  const found = checks.flatMap((check) =>
    findingsOf(check, seenBy).map((finding) => ({ check: check.name, ...finding })),
  );
  return [...unread.map((finding) => ({ check: "reach", ...finding })), ...found].sort(
    (a, b) => rank[a.severity] - rank[b.severity],
  );
}

function findingsOf(check: Check, seenBy: (check: Check) => Seen): readonly Finding[] {
  try {
    return check.findings(seenBy(check));
  } catch (error) {
    return [
      {
        severity: "warning",
        subject: `the check ${check.name}`,
        problem: "it failed itself",
        cause: error instanceof Error ? error.message : String(error),
        remedy: "correct the check, or report it with this message",
      },
    ];
  }
}

/** Whether something must be done: notes are worth knowing only. */
export const isIll = (found: readonly Finding[]): boolean => found.some(({ severity }) => severity !== "note");
