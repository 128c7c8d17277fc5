import { formats } from "./formats.ts";
import type { JsonSchema } from "./json-schema.ts";

/** Describes the value that a schema expects: `an integer from 1 to 65535`. */
export function expectation(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return oneOf(schema.enum.map((value) => JSON.stringify(value)));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives)
    return alternatives.every((branch) => branch.const !== undefined)
      ? oneOf(alternatives.map(expectation))
      : alternatives.map(expectation).join(" or ");
  const known = schema.format === undefined ? undefined : formats[schema.format];
  if (known) return known.expected;
  return [schema.type ?? "any value"]
    .flat()
    .map((type) => ofType(type, schema))
    .join(" or ");
}

const oneOf = (words: readonly string[]): string => (words.length === 1 ? words.join() : `one of ${words.join(", ")}`);

function ofType(type: string, schema: JsonSchema): string {
  switch (type) {
    case "integer":
      return `an integer${range(schema)}`;
    case "number":
      return `a number${range(schema)}`;
    case "boolean":
      return "true or false";
    case "string":
      return `a string${textRules(schema)}`;
    case "array":
      return `a list${entryRules(schema)}`;
    case "object":
      return "a map";
    default:
      return type;
  }
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonSchema): string {
  const bounds =
    minimum !== undefined && maximum !== undefined
      ? [`from ${String(minimum)} to ${String(maximum)}`]
      : [
          ...(minimum === undefined ? [] : [`of at least ${String(minimum)}`]),
          ...(maximum === undefined ? [] : [`of at most ${String(maximum)}`]),
        ];
  if (exclusiveMinimum !== undefined) bounds.push(`above ${String(exclusiveMinimum)}`);
  if (exclusiveMaximum !== undefined) bounds.push(`below ${String(exclusiveMaximum)}`);
  if (multipleOf !== undefined) bounds.push(`divisible by ${String(multipleOf)}`);
  return bounds.map((bound) => ` ${bound}`).join("");
}

function textRules({ minLength, maxLength, pattern }: JsonSchema): string {
  const rules: string[] = [];
  if (minLength === 1) rules.push(" that is not empty");
  else if (minLength !== undefined) rules.push(` of at least ${String(minLength)} characters`);
  if (maxLength !== undefined) rules.push(` of at most ${String(maxLength)} characters`);
  if (pattern !== undefined) rules.push(` that matches /${pattern}/`);
  return rules.join("");
}

function entryRules({ items, minItems, maxItems, uniqueItems }: JsonSchema): string {
  const entries = (count: number): string => `${String(count)} ${count === 1 ? "entry" : "entries"}`;
  const rules: string[] = [];
  if (minItems) rules.push(` of at least ${entries(minItems)}`);
  if (maxItems !== undefined) rules.push(` of at most ${entries(maxItems)}`);
  if (uniqueItems === true) rules.push(" without duplicates");
  if (items && !Array.isArray(items)) rules.push(`, each entry ${expectation(items as JsonSchema)}`);
  return rules.join("");
}
