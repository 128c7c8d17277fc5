import { parseDocument, visit } from "yaml";
import { compile } from "./compile.ts";
import type { JsonSchema } from "./json-schema.ts";

/** YAML 1.1's booleans, which Ansible users write. */
const booleans = new Map([
  ...["true", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "no", "off"].map((word) => [word, false] as const),
]);

/** Converts a string from the command line to the schema's type; returns the string itself if that is impossible. */
export function coerce(text: string, schema: JsonSchema): unknown {
  const candidates = candidatesOf(text, schema);
  return candidates.find((candidate) => compile(schema)(structuredClone(candidate))) ?? candidates[0] ?? text;
}

/** The values that the text may stand for, in the schema's order of types. */
function candidatesOf(text: string, schema: JsonSchema): unknown[] {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.flatMap((branch) => candidatesOf(text, branch));
  const fixed = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (fixed) return fixed.filter((value) => String(value) === text);
  return [schema.type ?? []].flat().flatMap((type) => ofType(text.trim(), text, type));
}

function ofType(trimmed: string, text: string, type: string): unknown[] {
  switch (type) {
    case "integer":
    case "number":
      return trimmed !== "" && isExact(Number(trimmed)) ? [Number(trimmed)] : [];
    case "boolean":
      return [booleans.get(trimmed.toLowerCase()) ?? []].flat();
    case "null":
      return trimmed === "null" ? [null] : [];
    case "array":
    case "object":
      return collection(trimmed);
    default:
      return [text];
  }
}

/** Parses JSON as YAML, a superset that needs fewer quotes in a shell: `[a, b]`, `{a: 1}`. */
function collection(text: string): unknown[] {
  if (!/^[[{]/.test(text)) return [];
  const document = parseDocument(text, { prettyErrors: false });
  const numbers: number[] = [];
  visit(document, {
    Scalar: (_, { value }) => {
      if (typeof value === "number") numbers.push(value);
    },
  });
  return document.errors.length > 0 || !numbers.every(isExact) ? [] : [document.toJS()];
}

/** Larger integers are rounded. */
const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
