import { isDeepStrictEqual } from "node:util";
import { alternatives, within, type JsonSchema } from "./json-schema.ts";
import { holdsSecret } from "./secret.ts";
import type { Assignment, Sealed, VarSpecs } from "./types.ts";

/**
 * A value of the same form in which every letter and digit is another one, and the marks at its ends: code that expects
 * a length, a URL or a list of words can still use it. An empty text becomes `empty`.
 */
export function scrambled(value: unknown, empty = ""): unknown {
  if (typeof value === "string") return value === "" ? empty : otherText(value);
  if (typeof value === "number") return otherNumber(value);
  if (value instanceof Uint8Array) return value.map((byte) => byte ^ 0x11);
  if (Array.isArray(value)) return value.map((part) => scrambled(part, empty));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, scrambled(part, empty)]));
}

/** Within these groups each character becomes the next: hexadecimal digits stay such. */
const groups = ["0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ"];
const next = new Map(
  groups.flatMap((group) => Array.from(group).map((one, index) => [one, group.at(index + 1 - group.length)])),
);

const isWord = (one: string): boolean => /[\p{L}\p{N}]/u.test(one);

/** A role may parse them: JSON by its brackets and quotes, base64 by its padding. */
const isFramed = (text: string): boolean =>
  /^\s*(\{.*\}|\[.*\]|".*")\s*$/s.test(text) || (text.length % 4 === 0 && /^[A-Za-z0-9+/]+={1,2}$/.test(text));

/** The first and last character is another one too: what stays the same at the ends of a text is taken for no secret. */
function otherText(text: string): string {
  const all = Array.from(text);
  const [first, last] = [all.findIndex(isWord), all.findLastIndex(isWord)];
  if (first === -1) return "x".repeat(text.length);
  const framed = isFramed(text);
  const isEnd = (index: number): boolean => !framed && (index < first || index > last);
  return all
    .map((one, index) => (isWord(one) ? otherLetter(one) : isEnd(index) ? otherMark(one, index) : one))
    .join("");
}

const otherLetter = (one: string): string => next.get(one) ?? (one === "é" ? "è" : "é".repeat(one.length));

/** White space stays, and the slash of an absolute path. */
function otherMark(one: string, index: number): string {
  if (/\s/.test(one) || (index === 0 && one === "/")) return one;
  return one === "_" ? "-" : "_".repeat(one.length);
}

/** No digit becomes 0: the number would be a shorter one. */
const otherNumber = (value: number): number =>
  Number(String(value).replace(/\d/g, (digit) => (digit === "9" ? "8" : String(Number(digit) + 1))));

/** What an empty secret becomes: it may be set some day, or a role may have other tasks then. */
export type EmptySecrets = "filled" | "empty";

/**
 * The values of these variables with every secret scrambled, of those that are declared secret and of encrypted ones.
 * Undefined if there is no secret.
 */
export function otherValues(
  specs: VarSpecs,
  names: ReadonlySet<string>,
  values: Readonly<Record<string, unknown>>,
  assignments: readonly Assignment[],
): Readonly<Record<EmptySecrets, unknown>> | undefined {
  const sealed = new Map(assignments.filter(({ name }) => names.has(name)).map((one) => [one.name, one.sealed]));
  const secret = [...names].filter(
    (name) => values[name] !== undefined && (sealed.get(name) ?? holdsSecret(specs[name] ?? {})),
  );
  const scrambledIn = (empty: string) => ({
    ...values,
    ...Object.fromEntries(
      secret.map((name) => [name, otherValue(specs[name] ?? {}, values[name], sealed.get(name), empty)]),
    ),
  });
  if (secret.length === 0) return undefined;
  const filled = scrambledIn("x");
  return isDeepStrictEqual(filled, values) ? undefined : { filled, empty: scrambledIn("") };
}

function otherValue(schema: JsonSchema, value: unknown, sealed: Sealed | undefined, empty: string): unknown {
  const declared = otherIn(schema, value, empty);
  return sealed ? otherSealed(declared, sealed, empty) : declared;
}

function otherIn(schema: JsonSchema, value: unknown, empty: string): unknown {
  if (!holdsSecret(schema)) return value;
  if ([schema, ...alternatives(schema)].some(({ secret }) => secret === true)) return scrambled(value, empty);
  return mapped(value, (part, key) => within(schema, key).reduce((made, inner) => otherIn(inner, made, empty), part));
}

const otherSealed = (value: unknown, sealed: Sealed, empty: string): unknown =>
  typeof value === "object" && value !== null
    ? mapped(value, (part) => otherSealed(part, sealed, empty))
    : sealed.holds(value)
      ? scrambled(value, empty)
      : value;

function mapped(value: unknown, change: (part: unknown, key: string | number) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part, key)]));
}
