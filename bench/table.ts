/** A table that both a terminal and Markdown show well. All cells but those of the first column stand at the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((width, column) => {
      const cell = cells[column] ?? "";
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

export const inSeconds = (value: number | undefined): string =>
  value === undefined ? "" : `${value.toFixed(value < 10 ? 2 : 1)} s`;
export const inMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
/** How many times as much. */
export const ratio = (value: number | undefined, of: number | undefined): string =>
  value === undefined || of === undefined ? "" : `${(value / of).toFixed(1)}×`;
