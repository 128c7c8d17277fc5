import type { ErrorObject } from "ajv";
import type { Problem } from "../errors.ts";
import { expectation } from "./expectation.ts";
import { isSchema, type JsonSchema } from "./json-schema.ts";
import { didYouMean } from "./nearest.ts";
import { secretAt } from "./secret.ts";
import type { Assignment, Path } from "./types.ts";

/** Describes everything that is wrong with the value of one variable. */
export function describeErrors(
  assignment: Assignment,
  schema: JsonSchema,
  value: unknown,
  errors: readonly ErrorObject[],
): Problem[] {
  const unions = errors.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  const inUnion = ({ schemaPath }: ErrorObject): boolean =>
    unions.some((union) => schemaPath !== union.schemaPath && schemaPath.startsWith(`${union.schemaPath}/`));
  const isSecret = ({ data }: ErrorObject, path: Path): boolean =>
    secretAt(schema, path) || (assignment.sealed?.holds(data) ?? false);
  const problems = errors
    .filter((error) => !inUnion(error))
    .map((error): Problem => {
      const path = pathOf(error, value);
      const message = `${wrong(error, describePath(assignment.name, path), isSecret(error, path))}${purpose(error, assignment.name, schema)}`;
      return { message, where: assignment.locate?.(culprit(error, path)) ?? assignment.where };
    });
  // Several keywords of one schema may fail for one value, with the same message.
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

function wrong({ keyword, params, parentSchema, data, message }: ErrorObject, name: string, secret: boolean): string {
  const schema: JsonSchema = isSchema(parentSchema) ? parentSchema : {};
  switch (keyword) {
    case "required": {
      const missing = String(params.missingProperty);
      const expected = expectation(schema.properties?.[missing] ?? {});
      return `${name} has no ${missing}, expected ${expected}`;
    }
    case "additionalProperties": {
      const extra = String(params.additionalProperty);
      const known = Object.keys(schema.properties ?? {});
      return `unknown key ${extra} in ${name}${didYouMean(extra, known) || `, expected ${known.join(", ")}`}`;
    }
    case "minItems":
    case "maxItems":
      return `${name} has ${String(Array.isArray(data) ? data.length : 0)} entries, expected ${expectation(schema)}`;
    case "uniqueItems":
      return `${name} has entries ${String(params.i)} and ${String(params.j)} that are the same`;
    case "propertyNames":
      return `${name} has a key "${String(params.propertyName)}" that is not allowed`;
    case "type":
    case "format":
    case "const":
    case "enum":
    case "pattern":
    case "anyOf":
    case "oneOf":
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
    case "multipleOf":
    case "minLength":
    case "maxLength":
      return `${name} is ${secret ? "an invalid secret" : shown(data)}, expected ${expectation(schema)}${quotesHint(data, schema)}`;
    default:
      return `${name} ${message ?? `breaks the rule ${keyword}`}`;
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** The most common surprise of YAML: 1.30 is a number that loses its zero, and "8443" is not a number. */
function quotesHint(value: unknown, { type, pattern, format }: JsonSchema): string {
  const types = [type ?? []].flat();
  if (types.includes("string") && (typeof value === "number" || typeof value === "boolean"))
    return ": put it in quotes";
  if (pattern !== undefined || format !== undefined || typeof value !== "string") return "";
  const numeric = value !== "" && Number.isFinite(Number(value));
  const unquoted =
    (numeric && (types.includes("integer") || types.includes("number"))) ||
    (/^(true|false|yes|no)$/i.test(value) && types.includes("boolean"));
  return unquoted ? ": remove the quotes" : "";
}

/** The description of the part if it has one, else that of the variable. */
function purpose({ keyword, params, parentSchema }: ErrorObject, name: string, schema: JsonSchema): string {
  const parent: JsonSchema = isSchema(parentSchema) ? parentSchema : {};
  const part = keyword === "required" ? parent.properties?.[String(params.missingProperty)] : parent;
  const said = part?.description ?? schema.description;
  if (said === undefined) return "";
  return said === schema.description ? ` (${name}: ${said})` : ` (${said})`;
}

/** Converts Ajv's JSON pointer to a path. Only the value shows which parts of it are indexes. */
function pathOf({ instancePath }: ErrorObject, value: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let current = value;
  for (const escaped of instancePath.split("/").slice(1)) {
    const key = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(current) ? Number(key) : key);
    current = Object.entries(current ?? {}).find(([name]) => name === key)?.[1] as unknown;
  }
  return path;
}

/** The path of the part that the author must correct. */
const culprit = ({ keyword, params }: ErrorObject, path: Path): Path =>
  keyword === "additionalProperties" ? [...path, String(params.additionalProperty)] : path;

const describePath = (name: string, path: Path): string =>
  path.reduce<string>((words, key) => {
    if (typeof key === "number") return `${words}[${String(key)}]`;
    return /^[\w-]+$/.test(key) ? `${words}.${key}` : `${words}[${JSON.stringify(key)}]`;
  }, name);
