/** All that moves a cursor, clears a screen or sets a title; a line end and a tab do no harm. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

const escaped = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** The same value with what hosts say made harmless for a terminal: it is shown, not obeyed. */
export function printable<T>(value: T): T {
  return walk(value) as T;
}

function walk(value: unknown): unknown {
  if (typeof value === "string") return value.replace(controls, escaped);
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, walk(part)]));
  return value;
}
