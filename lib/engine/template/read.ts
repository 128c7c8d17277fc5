import { InputError } from "../errors.ts";
import { didYouMean } from "../schema/nearest.ts";
import type { Reading } from "./check-paths.ts";

/** Follows a name through the values. Throws InputError for a missing part, with the names that exist. */
export function read(base: unknown, reading: Reading, file: string): unknown {
  const { original, parts, optional, printed } = reading;
  const fail = (message: string): never => {
    throw new InputError([{ message, where: { file, ...reading.place } }]);
  };
  let value = base;
  let walked = "";
  for (const part of parts) {
    const next = entryOf(value, part);
    if (next === undefined) {
      if (optional) return undefined;
      const of = walked === "" ? "" : ` in ${walked}`;
      if (value === null || value === undefined || typeof value !== "object")
        return fail(`there is no "${part}"${of}: ${walked || "this"} is ${typeName(value)}`);
      const names = Object.keys(value);
      return fail(`there is no "${part}"${of}${didYouMean(part, names)}${listed(names)}`);
    }
    value = next;
    walked = walked === "" ? part : `${walked}.${part}`;
  }
  if (value === undefined && !optional) return fail(`there is no ${original} here`);
  if (printed && (value === null || typeof value === "object" || typeof value === "function"))
    return fail(
      value === null
        ? `${original} is null, which prints nothing; write {{#if ${original}}} or {{default ${original} ""}}`
        : `${original} is ${typeName(value)}, which has no text form; write {{json ${original}}}, {{yaml ${original}}} or {{join ${original} ", "}}`,
    );
  return value;
}

/** Own properties only: templates do not see JavaScript's built-in ones. */
function entryOf(value: unknown, key: string): unknown {
  if (value === null || value === undefined) return undefined;
  const target: object = Object(value) as object;
  return Object.hasOwn(target, key) ? Reflect.get(target, key) : undefined;
}

/** The type of a value, for errors: the value itself may be secret. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}

const most = 20;
const listed = (names: readonly string[]): string => {
  if (names.length === 0) return " (there are none)";
  const more = names.length > most ? `, and ${String(names.length - most)} more` : "";
  return ` (there are: ${names.slice(0, most).join(", ")}${more})`;
};
