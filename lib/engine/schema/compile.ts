import { Ajv, type ValidateFunction } from "ajv";
import { formats } from "./formats.ts";
import { closed, without, type JsonSchema } from "./json-schema.ts";

const ajv = new Ajv({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  useDefaults: true,
  verbose: true,
  // The strict mode refuses what is no schema. To check it against the schema of schemas as well would take as long as
  // all else that is done before the first connection.
  meta: false,
  validateSchema: false,
});
ajv.addKeyword({ keyword: "secret", schemaType: "boolean" });
for (const [name, { type, validate }] of Object.entries(formats))
  ajv.addFormat(name, type === "number" ? { type, validate: (value: number) => validate(value) } : { type, validate });

const compiled = new WeakMap<object, ValidateFunction>();
/** By their text: most variables are one of few kinds, such as a number of at least 1. */
const byText = new Map<string, ValidateFunction>();

/** The check of a schema, compiled once. It fills in the defaults of properties in place: pass it a copy. */
export function compile(schema: JsonSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  // Ajv cannot fill in the default of a whole variable, and its strict mode rejects one.
  const bare = without(without(closed(schema), "default"), "description");
  const text = JSON.stringify(bare);
  const made = byText.get(text) ?? ajv.compile(bare);
  byText.set(text, made);
  compiled.set(schema, made);
  return made;
}
