import { Type, type TSchema } from "typebox";
import { branches, within, type JsonSchema } from "./json-schema.ts";
import type { Path, VarSpecs } from "./types.ts";

/** The same schema for a value that no output, event or error may show. */
export const Secret = <S extends TSchema>(schema: S): S => Type.With(schema, { secret: true }) as S;

/** Whether a value of this schema is secret or holds something that is. */
export function holdsSecret(schema: JsonSchema): boolean {
  return schema.secret === true || branches(schema).some(holdsSecret);
}

/** Whether a part of a value is secret: it holds a secret, or something around it is one. */
export function secretAt(schema: JsonSchema, [key, ...rest]: Path): boolean {
  if (key === undefined) return holdsSecret(schema);
  return schema.secret === true || within(schema, key).some((part) => secretAt(part, rest));
}

/** All that is secret in the values of some variables: what the output has to be cleared of. */
export const secretsOf = (specs: VarSpecs, values: Readonly<Record<string, unknown>>): unknown[] =>
  Object.entries(specs).flatMap(([name, schema]) => secretsIn(schema, values[name]));

function secretsIn(schema: JsonSchema, value: unknown): unknown[] {
  if (value === undefined || value === null || !holdsSecret(schema)) return [];
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if ([schema, ...alternatives].some(({ secret }) => secret === true)) return [value];
  return entriesOf(value).flatMap(([key, part]) => within(schema, key).flatMap((inner) => secretsIn(inner, part)));
}

const entriesOf = (value: unknown): (readonly [string | number, unknown])[] => {
  if (Array.isArray(value)) return value.map((entry: unknown, index) => [index, entry] as const);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
};
