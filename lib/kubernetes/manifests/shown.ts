import { isDeepStrictEqual } from "node:util";
import { createHash } from "node:crypto";
import { stringify } from "yaml";

/** Characters. Rendering longer objects takes seconds: a CustomResourceDefinition may have a megabyte. */
const readable = 64 * 1024;

type Pair = readonly [before: unknown, after: unknown];

/** An object before and after, as YAML; only the differences if it is large. */
export function shown([before, after]: Pair): Pair {
  const isLarge = [before, after].some((side) => sizeOf(side) > readable);
  const [was, is] = isLarge && before !== undefined && after !== undefined ? unlike([before, after]) : [before, after];
  return [laidOut(was), laidOut(is)];
}

/** Stands for an object that is not shown, or not in full. */
export const digestOf = (object: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([object]))
    .digest("hex");

const sizeOf = (value: unknown): number => (value === undefined ? 0 : JSON.stringify(value).length);

function laidOut(value: unknown): unknown {
  if (value === undefined) return undefined;
  const size = sizeOf(value);
  return size > readable
    ? `(${String(Math.round(size / 1024))} KiB)`
    : stringify(value, { aliasDuplicateObjects: false });
}

/** Both sides without their common parts. */
function unlike([before, after]: Pair): Pair {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const pairs = before
      .map((item: unknown, index): Pair => [item, after[index]])
      .filter(differ)
      .map(unlike);
    return [pairs.map(([was]) => was), pairs.map(([, is]) => is)];
  }
  if (!isRecord(before) || !isRecord(after)) return [before, after];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const pairs = names
    .map((name): readonly [string, Pair] => [name, [before[name], after[name]]])
    .filter(([, pair]) => differ(pair))
    .map(([name, pair]): readonly [string, Pair] => [name, unlike(pair)]);
  const side = (which: 0 | 1) =>
    Object.fromEntries(pairs.flatMap(([name, pair]) => (pair[which] === undefined ? [] : [[name, pair[which]]])));
  return [side(0), side(1)];
}

const differ = ([before, after]: Pair): boolean => !isDeepStrictEqual(before, after);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
