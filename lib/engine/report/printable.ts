/**
 * Characters that a terminal obeys (it moves the cursor, clears the screen, sets its title or the clipboard), that change
 * the order in which a text is read, or that cannot be seen. Line ends and tabs are harmless.
 */
const unsafe = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, "0")}`;
};

/** The text with such characters escaped: a terminal shows them and does not obey them. */
export const printable = (text: string): string => text.replace(unsafe, escaped);

/** The same for a name: a line end in it would begin a line that looks like another one of the report. */
export const inOneLine = (text: string): string => printable(text).replaceAll("\n", "\\n");

/** JSON that is printable as well. */
export const printableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(unsafe, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index).toString(16).padStart(4, "0"))
      .map((unit) => `\\u${unit}`)
      .join(""),
  );

/** A text whose later lines cannot be taken for lines of the report. */
export const indented = (text: string): string => text.replaceAll("\n", "\n    ");

/** The properties of events that may have several lines. */
const manyLines = new Set(["message", "before", "after"]);

/** An event whose texts and keys are printable, and in one line except for messages and contents. */
export const printableEvent = <Event>(event: Event): Event => walk(event, inOneLine) as Event;

function walk(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((part) => walk(part, change));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [inOneLine(key), walk(part, manyLines.has(key) ? printable : change)]),
    );
  return value;
}
