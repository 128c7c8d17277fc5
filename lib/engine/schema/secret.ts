import { Type, type TSchema } from "typebox";
import { alternatives, branches, within, type JsonSchema } from "./json-schema.ts";
import type { Path, VarSpecs } from "./types.ts";

/**
 * The same schema for a secret value: output, events and errors do not show it.
 *
 * @example
 * vars: { registry_password: Secret(Type.String({ description: "The password of the registry." })) }
 */
export const Secret = <S extends TSchema>(schema: S): S => Type.With(schema, { secret: true }) as S;

const known = new WeakMap<JsonSchema, boolean>();

/** Whether a value of this schema is secret or contains a secret. */
export function holdsSecret(schema: JsonSchema): boolean {
  const found = known.get(schema) ?? (schema.secret === true || branches(schema).some(holdsSecret));
  known.set(schema, found);
  return found;
}

/** Whether a part of a value is secret: it contains a secret, or an enclosing part is one. */
export function secretAt(schema: JsonSchema, [key, ...rest]: Path): boolean {
  if (key === undefined) return holdsSecret(schema);
  return schema.secret === true || within(schema, key).some((part) => secretAt(part, rest));
}

/** All secrets in the values of some variables, which the output must mask. */
export const secretsOf = (specs: VarSpecs, values: Readonly<Record<string, unknown>>): unknown[] =>
  Object.entries(specs).flatMap(([name, schema]) => secretsIn(schema, values[name]));

function secretsIn(schema: JsonSchema, value: unknown): unknown[] {
  if (value === undefined || value === null || !holdsSecret(schema)) return [];
  if ([schema, ...alternatives(schema)].some(({ secret }) => secret === true)) return [value];
  return entriesOf(value).flatMap(([key, part]) => within(schema, key).flatMap((inner) => secretsIn(inner, part)));
}

const entriesOf = (value: unknown): (readonly [string | number, unknown])[] => {
  if (Array.isArray(value)) return value.map((entry: unknown, index) => [index, entry] as const);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
};
