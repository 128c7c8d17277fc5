import { covered } from "../schema/covered.ts";

/**
 * Where the secrets are in the properties of a task. It is found by comparison: the role also makes its tasks with other
 * secrets, and the properties that are then different come from secrets, however a role has changed them.
 */
export interface Taint {
  /** The properties that other secrets would make; absent if a role makes no such task with them. */
  readonly other?: object;
  /** The names of the properties that come from secrets. */
  readonly names: ReadonlySet<string>;
  /** Covers the secrets that are known. */
  readonly cover?: Cover | undefined;
}

export type Cover = (text: string) => string;

const taints = new WeakMap<object, Taint>();

export const markTaint = (props: object, taint: Taint): void => void taints.set(props, taint);
export const taintOf = (props: object): Taint | undefined => taints.get(props);

/**
 * A text without the part that another secret would change. Known secrets are covered before: the other one may begin or
 * end with the same characters.
 */
export function withoutSecret(text: string, other: string, cover: Cover = (known) => known): string {
  if (text === other) return text;
  const shown = cover(text);
  const [start, end] = boundsOf(shown, other);
  return shown.slice(0, start) + covered + shown.slice(end);
}

/** That part of the text. */
export const differingPart = (text: string, other: string): string => text.slice(...boundsOf(text, other));

/** Where two texts begin to differ, and where they do so no more. */
function boundsOf(text: string, other: string): [start: number, end: number] {
  const shorter = Math.min(text.length, other.length);
  let start = 0;
  while (start < shorter && text[start] === other[start]) start++;
  let same = 0;
  while (same < shorter - start && text.at(-1 - same) === other.at(-1 - same)) same++;
  return [start, text.length - same];
}

/** Whether two values say the same. Functions are taken to: what they return is compared once they were called. */
export function same(a: unknown, b: unknown, seen = new Map<object, unknown>()): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === "function" && typeof b === "function") return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  const [entries, others] = [entriesOf(a), entriesOf(b)];
  return (
    entries.length === others.length &&
    entries.every(([key, value], index) => {
      const [otherKey, other] = others[index] ?? [];
      return same(key, otherKey, seen) && same(value, other, seen);
    })
  );
}

const entriesOf = (value: object): (readonly [unknown, unknown])[] => {
  if (value instanceof Map) return [...value];
  return value instanceof Set ? [...value].map((entry: unknown) => [entry, true] as const) : Object.entries(value);
};
