import { table } from "#engine/report/table.ts";
import { groupOf, type Result } from "./results.ts";

export interface Row {
  readonly group: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

export function rowsOf(results: readonly Result[]): readonly Row[] {
  const groups = [...new Set(results.map(groupOf))].sort();
  return groups.map((group) => {
    const own = results.filter((result) => groupOf(result) === group);
    const passed = own.filter(({ outcome }) => outcome === "passed").length;
    return { group, passed, failed: own.length - passed, seconds: own.reduce((sum, { seconds }) => sum + seconds, 0) };
  });
}

const total = (rows: readonly Row[], of: "passed" | "failed" | "seconds"): number =>
  rows.reduce((sum, row) => sum + row[of], 0);

/** A table by group, and each failure with its reason: Markdown that is readable as plain text. */
export function summary(results: readonly Result[]): string {
  const rows = rowsOf(results);
  const all: Row = {
    group: "all",
    passed: total(rows, "passed"),
    failed: total(rows, "failed"),
    seconds: total(rows, "seconds"),
  };
  const cells = [...rows, all].map((row) => [
    row.group,
    `${row.passed}`,
    `${row.failed}`,
    (row.seconds / 60).toFixed(1),
  ]);
  const failures = results.filter(({ outcome }) => outcome === "failed");
  return [
    table(["", "passed", "failed", "minutes"], cells),
    ...(failures.length > 0 ? ["", ...failures.map(({ name, why }) => `- ${name}: ${why ?? ""}`)] : []),
  ].join("\n");
}
