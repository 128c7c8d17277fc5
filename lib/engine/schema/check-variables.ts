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
  /** The variables whose defaults are wanted: those of a role. All variables if absent. */
  readonly defaultsOf?: ReadonlySet<string>;
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
    if (!assignment && check.defaultsOf?.has(name) === false) continue;
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

/** One assignment of a group is checked for each of its hosts, and for each role: its result is made once. */
const known = new WeakMap<object, { readonly schema: JsonSchema; readonly checked: Checked }>();

function once(subject: object, schema: JsonSchema, check: () => Checked): Checked {
  const before = known.get(subject);
  const checked = before?.schema === schema ? before.checked : check();
  known.set(subject, { schema, checked });
  // Roles get copies of lists and maps.
  return typeof checked.value === "object" ? { ...checked, value: structuredClone(checked.value) } : checked;
}

const checkAssigned = (assignment: Assignment, schema: JsonSchema): Checked =>
  once(assignment, schema, () => {
    const { value: given, untyped } = assignment;
    const value = untyped && typeof given === "string" ? coerce(given, schema) : structuredClone(given);
    return checkValue(assignment, value, schema);
  });

function checkDefault<S extends VarSpecs>(name: string, schema: TSchema, check: VariableCheck<S>): Checked {
  const { default: standard, description }: JsonSchema = schema;
  if (standard === undefined) {
    if (Type.IsOptional(schema) || (check.needed && !check.needed.has(name))) return { problems: [] };
    const whom = check.host === undefined ? "" : ` for ${check.host}`;
    const why = description === undefined ? "" : ` (${description})`;
    return { problems: [{ message: `${name} is not set${whom}, expected ${expectation(schema)}${why}` }] };
  }
  return once(schema, schema, () => {
    const value = structuredClone(standard);
    const declared: Assignment = { name, value, from: "its role's default", where: { file: `the default of ${name}` } };
    return checkValue(declared, value, schema);
  });
}

/** Fills in the defaults within the value. */
function checkValue(assignment: Assignment, value: unknown, schema: JsonSchema): Checked {
  const validate = checkOf(assignment.name, schema);
  if (validate(value)) return { value, problems: [] };
  return { problems: describeErrors(assignment, schema, value, validate.errors ?? []) };
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
