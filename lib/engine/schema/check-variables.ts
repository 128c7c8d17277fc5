import type { ValidateFunction } from "ajv";
import { Type, type TSchema } from "typebox";
import { PlayError, type Problem } from "../errors.ts";
import { coerce } from "./coerce.ts";
import { compile } from "./compile.ts";
import { describeErrors } from "./describe-errors.ts";
import { expectation } from "./expectation.ts";
import type { JsonSchema } from "./json-schema.ts";
import { didYouMean } from "./nearest.ts";
import type { Assignment, Values, VarSpecs } from "./types.ts";

export interface VariableCheck<S extends VarSpecs> {
  /** All declared variables. */
  readonly specs: S;
  /** Weakest first: the last one of a name wins. */
  readonly assignments: readonly Assignment[];
  /** The host whose values these are, for the message about a variable that is not set. */
  readonly host?: string;
  /** The variables that must have a value: those of the host's roles. All variables if absent. */
  readonly needed?: ReadonlySet<string>;
  /** Whether variables may be set that are not declared here. */
  readonly allowsUnknown?: boolean;
}

export interface CheckedVariables<S extends VarSpecs> {
  /** The valid values, with defaults filled in. They are complete if there are no problems. */
  readonly values: Values<S>;
  readonly problems: readonly Problem[];
}

/** Checks a host's variables. Returns their values and everything that is wrong with them. */
export function checkVariables<S extends VarSpecs>(check: VariableCheck<S>): CheckedVariables<S> {
  const { specs, assignments } = check;
  const problems = check.allowsUnknown ? [] : unknownVariables(specs, assignments);
  const winners = new Map(assignments.map((assignment) => [assignment.name, assignment]));
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(specs)) {
    const assignment = winners.get(name);
    const result = assignment ? checkAssigned(assignment, schema) : checkDefault(name, schema, check);
    if (result.problems.length === 0) values[name] = result.value;
    problems.push(...result.problems);
  }
  // The only cast from values that JSON Schema has validated to their static type.
  return { values: values as Values<S>, problems };
}

interface Checked {
  readonly value?: unknown;
  readonly problems: readonly Problem[];
}

function checkAssigned(assignment: Assignment, schema: JsonSchema): Checked {
  const { name, value: given, untyped } = assignment;
  const validate = checkOf(name, schema);
  const value = untyped && typeof given === "string" ? coerce(given, schema) : structuredClone(given);
  if (validate(value)) return { value, problems: [] };
  return { problems: describeErrors(assignment, schema, value, validate.errors ?? []) };
}

function checkDefault<S extends VarSpecs>(name: string, schema: TSchema, check: VariableCheck<S>): Checked {
  const { default: standard, description }: JsonSchema = schema;
  if (standard === undefined) {
    if (Type.IsOptional(schema) || (check.needed && !check.needed.has(name))) return { problems: [] };
    const whom = check.host === undefined ? "" : ` for ${check.host}`;
    const why = description === undefined ? "" : ` (${description})`;
    return { problems: [{ message: `${name} is not set${whom}, expected ${expectation(schema)}${why}` }] };
  }
  const value = structuredClone(standard);
  const validate = checkOf(name, schema);
  if (validate(value)) return { value, problems: [] };
  const declared: Assignment = { name, value, from: "its role's default", where: { file: `the default of ${name}` } };
  return { problems: describeErrors(declared, schema, value, validate.errors ?? []) };
}

function checkOf(name: string, schema: JsonSchema): ValidateFunction {
  try {
    return compile(schema);
  } catch (error) {
    throw new PlayError(`the declaration of ${name} is not a valid schema: ${String(error)}`, { cause: error });
  }
}

/** The messages do not show the value, because it may be secret. */
function unknownVariables(specs: VarSpecs, assignments: readonly Assignment[]): Problem[] {
  return assignments
    .filter(({ name }) => !Object.hasOwn(specs, name))
    .map(({ name, where }) => ({
      message: `unknown variable ${name}${didYouMean(name, Object.keys(specs)) || ": no role declares it"}`,
      where,
    }));
}
