/** The part of JSON Schema that variables are declared with. At run time, every typebox schema is one. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly secret?: boolean;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

export const isSchema = (value: unknown): value is JsonSchema => typeof value === "object" && value !== null;

/** The same schema without one of its keywords. */
export const without = (schema: JsonSchema, keyword: keyof JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== keyword));

/** The schemas directly inside a schema. */
export function branches(schema: JsonSchema): readonly JsonSchema[] {
  const { properties, patternProperties, additionalProperties, items } = schema;
  return [
    ...Object.values(properties ?? {}),
    ...Object.values(patternProperties ?? {}),
    ...(typeof additionalProperties === "object" ? [additionalProperties] : []),
    ...(items ? [items].flat() : []),
    ...alternatives(schema),
  ];
}

/** The schemas of which a value must match one or all. */
export const alternatives = ({ anyOf, oneOf, allOf }: JsonSchema): readonly JsonSchema[] => [
  ...(anyOf ?? []),
  ...(oneOf ?? []),
  ...(allOf ?? []),
];

const isList = (items: JsonSchema | readonly JsonSchema[]): items is readonly JsonSchema[] => Array.isArray(items);

/** The schemas that one entry of a list or of a map must match. */
export function within(schema: JsonSchema, key: string | number): readonly JsonSchema[] {
  const { properties, patternProperties, additionalProperties, items } = schema;
  const others = alternatives(schema).flatMap((branch) => within(branch, key));
  if (typeof key === "number") return [...others, ...[(items && isList(items) ? items[key] : items) ?? []].flat()];
  const declared = properties?.[key];
  if (declared) return [...others, declared];
  const matching = Object.entries(patternProperties ?? {}).filter(([pattern]) => new RegExp(pattern, "u").test(key));
  if (matching.length > 0) return [...others, ...matching.map(([, part]) => part)];
  return typeof additionalProperties === "object" ? [...others, additionalProperties] : others;
}

const mapValues = (
  schemas: Readonly<Record<string, JsonSchema>>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, change(schema)]));

/**
 * The same schema, in which maps accept only declared properties unless they set additionalProperties themselves: a
 * mistyped property is then an error. Schemas under allOf stay open, because they see each other's properties.
 */
export function closed(schema: JsonSchema): JsonSchema {
  const { properties, patternProperties, additionalProperties, items, anyOf, oneOf } = schema;
  const many = (list: readonly JsonSchema[]): JsonSchema[] => list.map(closed);
  return {
    ...schema,
    ...(properties && { properties: mapValues(properties, closed) }),
    ...(patternProperties && { patternProperties: mapValues(patternProperties, closed) }),
    ...((properties ?? patternProperties) && additionalProperties === undefined && { additionalProperties: false }),
    ...(typeof additionalProperties === "object" && { additionalProperties: closed(additionalProperties) }),
    ...(items && { items: isList(items) ? many(items) : closed(items) }),
    ...(anyOf && { anyOf: many(anyOf) }),
    ...(oneOf && { oneOf: many(oneOf) }),
  };
}
