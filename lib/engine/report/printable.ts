/**
 * Characters that a terminal obeys (it moves the cursor, clears the screen, sets its title or the clipboard), that change
 * the order in which a text is read, or that cannot be seen. Line ends and tabs are harmless.
 */
const unsafe = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, "0")}`;
};

/** Without other characters than those of ASCII, there is nothing to look for. Most texts are such. */
const isPlain = (text: string): boolean => /^[\n\t -~]*$/.test(text);

/** The text with such characters escaped: a terminal shows them and does not obey them. */
export const printable = (text: string): string => (isPlain(text) ? text : text.replace(unsafe, escaped));

/** The same for a name: a line end in it would begin a line that looks like another one of the report. */
export const inOneLine = (text: string): string => printable(text).replaceAll("\n", "\\n");

/** JSON that is printable as well. */
export function printableJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  return isPlain(json) ? json : json.replace(unsafe, inUnits);
}

const inUnits = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => character.charCodeAt(index).toString(16).padStart(4, "0"))
    .map((unit) => `\\u${unit}`)
    .join("");

/** A text whose later lines cannot be taken for lines of the report. */
export const indented = (text: string): string => text.replaceAll("\n", "\n    ");

/** The properties of events that may have several lines. */
const manyLines = new Set(["message", "before", "after", "does", "stdout", "stderr"]);

/** Several views take one event. */
const known = new WeakMap<object, object>();

/** An event whose texts and keys are printable, and in one line except for messages and contents. */
export function printableEvent<Event extends object>(event: Event): Event {
  const made = known.get(event) ?? (walk(event, inOneLine) as Event);
  known.set(event, made);
  return made as Event;
}

/** The value itself if there is nothing to change. */
function walk(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const parts = value.map((part) => walk(part, change));
    return parts.every((part, index) => part === value[index]) ? value : parts;
  }
  const entries = Object.entries(value);
  const made = entries.map(([key, part]) => [inOneLine(key), walk(part, manyLines.has(key) ? printable : change)]);
  const isSame = made.every(([key, part], index) => key === entries[index]?.[0] && part === entries[index]?.[1]);
  return isSame ? value : Object.fromEntries(made);
}
