import stringWidth from "string-width";

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Where measuring ends: a hostile host's lines may be long, and V8 finds characters in time that grows with the square. */
const longest = 1_000;

/**
 * The columns that a text takes in a terminal: two for a Chinese character or an emoji. Colours take none. A text of more
 * than 1,000 UTF-16 units counts by its units.
 */
export const columnsOf = (text: string): number => (text.length > longest ? text.length : stringWidth(text));

/**
 * A text that takes at most this many columns; "…" stands for what was cut off. Without colours. At most 1,000 UTF-16
 * units are kept.
 *
 * @example
 * cutTo("写入配置", 5) // "写入…"
 */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns && text.length <= longest) return text;
  let cut = "";
  let taken = 1;
  for (const { segment } of characters.segment(text.slice(0, longest))) {
    taken += columnsOf(segment);
    if (taken > columns) break;
    cut += segment;
  }
  return `${cut}…`;
}
