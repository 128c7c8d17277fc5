/** The lines and characters of a host's own words that an error message repeats. */
const [lines, length] = [5, 500];

/** A host's own words for the end of an error message; empty if it said nothing. */
export function said(text: string): string {
  const words = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(-lines)
    .join("\n")
    .slice(-length);
  return words === "" ? "" : `. The host says: ${words}`;
}
