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

/** A table by group, and each failure with its reason: Markdown, and readable without. */
export function summary(results: readonly Result[]): string {
  const rows = rowsOf(results);
  const all: Row = {
    group: "all",
    passed: total(rows, "passed"),
    failed: total(rows, "failed"),
    seconds: total(rows, "seconds"),
  };
  const cells = [
    ["", "passed", "failed", "minutes"],
    ...[...rows, all].map((row) => [row.group, `${row.passed}`, `${row.failed}`, (row.seconds / 60).toFixed(1)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map(
    (line) =>
      `| ${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  const failures = results.filter(({ outcome }) => outcome === "failed");
  return [
    ...[lines[0] ?? "", rule, ...lines.slice(1)],
    ...(failures.length > 0 ? ["", ...failures.map(({ name, why }) => `- ${name}: ${why ?? ""}`)] : []),
  ].join("\n");
}
