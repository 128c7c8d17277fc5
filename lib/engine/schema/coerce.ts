import { parseDocument } from "yaml";
import { compile } from "./compile.ts";
import type { JsonSchema } from "./json-schema.ts";

/** YAML 1.1's words, which Ansible's users write. */
const booleans = new Map([
  ...["true", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "no", "off"].map((word) => [word, false] as const),
]);

/** A string from the command line as the type that the schema wants; the string itself where it cannot be that. */
export function coerce(text: string, schema: JsonSchema): unknown {
  const candidates = candidatesOf(text, schema);
  return candidates.find((candidate) => compile(schema)(structuredClone(candidate))) ?? candidates[0] ?? text;
}

/** What the text may stand for, the schema's own order of types first. */
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
      return trimmed !== "" && Number.isFinite(Number(trimmed)) ? [Number(trimmed)] : [];
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

/** JSON, of which YAML is a superset that shells are kinder to: `[a, b]`, `{a: 1}`. */
function collection(text: string): unknown[] {
  if (!/^[[{]/.test(text)) return [];
  const document = parseDocument(text, { prettyErrors: false });
  return document.errors.length > 0 ? [] : [document.toJS()];
}
