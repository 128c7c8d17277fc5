import Handlebars from "handlebars";
import { stringify } from "yaml";
import { quote } from "../shell/quote.ts";
import { typeName } from "./read.ts";

/** A helper gets positional and named arguments. An error that it throws is reported with the place of the call. */
export type Helper = (args: readonly unknown[], named: Readonly<Record<string, unknown>>) => unknown;

/** As in {{#if}}, an empty list and 0 are false. */
const truthy = (value: unknown): boolean => Boolean(value) && !Handlebars.Utils.isEmpty(value);

function exactly(args: readonly unknown[], ...names: string[]): void {
  if (args.length !== names.length)
    throw new RangeError(`expected ${names.join(" and ")}, got ${String(args.length)} arguments`);
}

function scalar(value: unknown, what: string): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new RangeError(`${what} must be text, got ${typeName(value)}`);
}

function count(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new RangeError(`${what} must be a number of columns, got ${typeName(value)}`);
}

export const helpers: Readonly<Record<string, Helper>> = {
  /** {{json value}} in one line, {{json value indent=2}} in many. */
  json: (args, named) => {
    exactly(args, "a value");
    return JSON.stringify(args[0], undefined, count(named.indent ?? 0, "indent"));
  },
  /** {{yaml value}}, without a newline at its end; texts that YAML 1.1 reads as another type are quoted. */
  yaml: (args) => {
    exactly(args, "a value");
    return stringify(args[0], { lineWidth: 0, compat: "yaml-1.1" }).trimEnd();
  },
  /** {{indent 4 text}}: every line that is not empty, including the first. */
  indent: (args) => {
    exactly(args, "a number", "a text");
    const spaces = " ".repeat(count(args[0], "its first argument"));
    return scalar(args[1], "its second argument").replace(/^(?=.)/gm, spaces);
  },
  /** {{join list ", "}} */
  join: (args) => {
    exactly(args, "a list", "a separator");
    const [list, separator] = args;
    if (!Array.isArray(list)) throw new RangeError(`expected a list, got ${typeName(list)}`);
    return list.map((entry) => scalar(entry, "each entry")).join(scalar(separator, "the separator"));
  },
  /** {{quote text}}: a single shell word, whatever the text contains. */
  quote: (args) => {
    exactly(args, "a text");
    return quote(scalar(args[0], "its argument"));
  },
  eq: (args) => {
    exactly(args, "a value", "another");
    return args[0] === args[1];
  },
  ne: (args) => {
    exactly(args, "a value", "another");
    return args[0] !== args[1];
  },
  and: (args) => args.every(truthy),
  or: (args) => args.some(truthy),
  not: (args) => {
    exactly(args, "a value");
    return !truthy(args[0]);
  },
  /** {{default name "other"}}: the other if the name is missing, null or empty. Only here may a name be missing. */
  default: (args) => {
    exactly(args, "a value", "another");
    return args[0] === undefined || args[0] === null || args[0] === "" ? args[1] : args[0];
  },
  /** {{lookup map key}} */
  lookup: (args) => {
    exactly(args, "a map or a list", "a key");
    const [from, key] = args;
    const name = scalar(key, "the key");
    const found =
      typeof from === "object" && from !== null
        ? Object.entries<unknown>({ ...from }).find(([entry]) => entry === name)
        : undefined;
    if (!found) throw new RangeError(`there is no "${name}" in its first argument`);
    return found[1];
  },
};

/** Handlebars' own blocks. */
export const blocks = ["if", "unless", "each", "with"] as const;
