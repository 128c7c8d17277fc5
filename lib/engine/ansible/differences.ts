import type { AnsibleResult } from "./call.ts";

/** One difference as a module tells it. */
export interface AnsibleDifference {
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The differences of a result that says `changed`: by field, if the module compares fields, and at least one, as some
 * modules tell that they change something, but not what.
 */
export function differencesOf({ diff, msg }: AnsibleResult): AnsibleDifference[] {
  const told = (Array.isArray(diff) ? diff : [diff]).filter(isFields).flatMap(ofOne);
  if (told.length > 0) return told;
  return [{ what: "state", before: undefined, after: typeof msg === "string" && msg !== "" ? msg : "changed" }];
}

function ofOne({ before, after, prepared, before_header: old, after_header: header = old }: Fields) {
  if (isFields(before) && isFields(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names]
      .filter((name) => !same(before[name], after[name]))
      .map((name) => ({ what: name, before: before[name], after: after[name] }));
  }
  const what = typeof header === "string" && header !== "" ? header : "content";
  if (typeof prepared === "string" && prepared !== "") return [{ what, before: undefined, after: prepared }];
  return same(before, after) ? [] : [{ what, before, after }];
}
