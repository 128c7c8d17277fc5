/** Characters that move the cursor, clear the screen or set the title. Line ends and tabs are harmless. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

const escaped = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** The same value with control characters escaped: a terminal shows them and does not obey them. */
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
