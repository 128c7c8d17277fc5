/** The lines and characters of a host's own words that an error message repeats. */
const [lines, length] = [5, 500];

/** A host's own words for the end of an error message; empty if it said nothing. */
export function said(text: string): string {
  // A terminal would obey control characters of a host that is not trusted yet.
  const clean = text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "");
  const words = clean
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(-lines)
    .join("\n")
    .slice(-length);
  return words === "" ? "" : `. The host says: ${words}`;
}
