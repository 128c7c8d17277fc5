import { didYouMean } from "../schema/nearest.ts";

/** What a property may be. */
export interface Rule<T = unknown> {
  /** In the words of an error: "a string". */
  readonly expected: string;
  readonly optional?: boolean;
  /** What is wrong with a value of this name. The value itself may be secret and is not told. */
  readonly problems: (value: unknown, name: string) => readonly string[];
  /** Never there: it tells rules of different types apart. */
  readonly type?: T;
}

/** The names of a union's members, too. */
type NamesOf<Props> = Props extends unknown ? keyof Props : never;
type ValueOf<Props, Name> = Props extends unknown ? (Name extends keyof Props ? Props[Name] : never) : never;

/** A rule for each property. */
export type Rules<Props> = {
  readonly [Name in NamesOf<Props>]: Rule<Exclude<ValueOf<Props, Name>, undefined>>;
};
/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- rules of every type */
export type AnyRules = Readonly<Record<string, Rule<any>>>;

/** A rule that a test decides. */
export const simple = <T>(expected: string, accepts: (value: unknown) => boolean): Rule<T> => ({
  expected,
  problems: (value, name) => (accepts(value) ? [] : [`${name} is ${kindOf(value)}, expected ${expected}`]),
});

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (value instanceof Uint8Array) return "bytes";
  if (isObject(value) && (value as { readonly kind?: unknown }).kind === "output")
    return "the output of a task, which can only be a whole property";
  return (
    { number: "a number", boolean: "true or false", object: "an object" }[typeof value as string] ?? `a ${typeof value}`
  );
}

const listed = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(", ");

function listOf<T>(each: Rule<T>): Rule<readonly T[]> {
  const expected = `a list, each entry ${each.expected}`;
  const problems = (value: unknown, name: string): readonly string[] =>
    Array.isArray(value)
      ? value.flatMap((entry, index) => each.problems(entry, `${name}[${String(index)}]`))
      : [`${name} is ${kindOf(value)}, expected ${expected}`];
  return { expected, problems };
}

function mapOf<T>(each: Rule<T>): Rule<Readonly<Record<string, T>>> {
  const expected = `an object, each value ${each.expected}`;
  const problems = (value: unknown, name: string): readonly string[] =>
    isObject(value) && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, part]) => each.problems(part, `${name}.${key}`))
      : [`${name} is ${kindOf(value)}, expected ${expected}`];
  return { expected, problems };
}

function oneOf<const Words extends readonly string[]>(...words: Words): Rule<Words[number]> {
  const expected = `one of ${listed(words)}`;
  const problems = (value: unknown, name: string): readonly string[] => {
    if (typeof value === "string" && words.includes(value)) return [];
    const hint = typeof value === "string" ? didYouMean(value, words) : "";
    return [`${name} is ${typeof value === "string" ? "another word" : kindOf(value)}, expected ${expected}${hint}`];
  };
  return { expected, problems };
}

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- rules of every type */
function either<Members extends readonly Rule<any>[]>(
  ...members: Members
): Rule<Members[number] extends Rule<infer T> ? T : never> {
  const expected = members.map((member) => member.expected).join(" or ");
  const problems = (value: unknown, name: string): readonly string[] => {
    const wrong = members.map((member) => member.problems(value, name));
    if (wrong.some((one) => one.length === 0)) return [];
    // A mistake within a member says more than that the value is none of them.
    return (
      wrong.find(([first = ""]) => !first.startsWith(`${name} is `)) ?? [
        `${name} is ${kindOf(value)}, expected ${expected}`,
      ]
    );
  };
  return { expected, problems };
}

/** The type of an object with these properties. */
type ShapeOf<R extends AnyRules> = { readonly [Name in keyof R]: R[Name] extends Rule<infer T> ? T : never };

const shape = <const R extends AnyRules>(rules: R): Rule<ShapeOf<R>> => ({
  expected: `an object with ${Object.keys(rules).join(", ")}`,
  problems: (value, name) =>
    isObject(value)
      ? problemsIn(value, rules, (part) => `${name}.${part}`)
      : [`${name} is ${kindOf(value)}, expected an object with ${Object.keys(rules).join(", ")}`],
});

/**
 * What the properties of a resource or an action may be.
 *
 * @example
 * props: { path: prop.text, mode: prop.optional(prop.mode), state: prop.optional(prop.oneOf("present", "absent")) },
 */
export const prop = {
  text: simple<string>("a string", (value) => typeof value === "string"),
  flag: simple<boolean>("true or false", (value) => typeof value === "boolean"),
  number: simple<number>("a number", (value) => typeof value === "number"),
  mode: simple<number>("a number such as 0o644", (value) => typeof value === "number"),
  bytes: simple<Uint8Array>("bytes", (value) => value instanceof Uint8Array),
  // Of these only the kind is checked, so they stand for functions and objects of every type.
  callback: simple<never>("a function", (value) => typeof value === "function"),
  object: simple<never>("an object", isObject),
  any: simple<never>("any value", () => true),
  /** One of these words. */
  oneOf,
  /** A value for which one of these rules holds. */
  either,
  /** A list, of whose members this rule holds. */
  listOf,
  /** An object with any keys, of whose values this rule holds. */
  mapOf,
  /** An object with these properties. */
  shape,
  /** A property that may be missing. */
  optional: <T>(rule: Rule<T>): Rule<T> => ({ ...rule, optional: true }),
} as const;

/** What other tools, and other resources, call a property. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  run: ["command", "cmd", "shell"],
  dest: ["path", "file"],
  path: ["dest", "file"],
  src: ["source", "url"],
  match: ["regexp", "regex", "pattern"],
  values: ["vars", "variables"],
  group: ["gid"],
  names: ["name", "pkg", "packages"],
  environment: ["env"],
  name: ["service", "unit", "user"],
  type: ["fstype"],
  options: ["opts"],
  roles: ["role", "tasks"],
};

/** The property that was probably meant. */
function meant(name: string, known: readonly string[]): string {
  const other = known.find((one) => synonyms[one]?.includes(name));
  return other === undefined ? didYouMean(name, known) : `; did you mean "${other}"?`;
}

export const presence = prop.optional(prop.oneOf("present", "absent"));

/** What is wrong with some properties. Those that are `later` have no value yet. */
export function problemsIn(
  props: object,
  rules: AnyRules,
  nameOf: (name: string) => string = (name) => name,
  later: (value: unknown) => boolean = () => false,
): readonly string[] {
  const given = new Map<string, unknown>(Object.entries(props));
  const known = Object.keys(rules);
  const extra = [...given.keys()].filter((name) => !Object.hasOwn(rules, name));
  return [
    ...extra.map(
      (name) => `there is no ${nameOf(name)}${meant(name, known) || `, expected ${known.join(", ") || "none"}`}`,
    ),
    ...Object.entries(rules).flatMap(([name, rule]) => {
      const value = given.get(name);
      if (later(value)) return [];
      if (value !== undefined) return rule.problems(value, nameOf(name));
      return rule.optional ? [] : [`${nameOf(name)} is missing, expected ${rule.expected}`];
    }),
  ];
}
