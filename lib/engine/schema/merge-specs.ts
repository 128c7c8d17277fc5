import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../errors.ts";
import { without, type JsonSchema } from "./json-schema.ts";
import type { VarSpecs } from "./types.ts";

/** A source of declarations: a role, or the inventory for connection variables. */
export interface Declaring {
  readonly name: string;
  readonly vars: VarSpecs;
}

/** Merges the variables of all roles. Two roles may declare the same variable if their schemas mean the same. */
export function mergeSpecs(roles: readonly Declaring[]): {
  readonly specs: VarSpecs;
  readonly problems: readonly Problem[];
} {
  const specs: Record<string, VarSpecs[string]> = {};
  const owners = new Map<string, string>();
  const problems = new Map<string, Problem>();
  for (const role of roles)
    for (const [name, schema] of Object.entries(role.vars)) {
      const first = Object.hasOwn(specs, name) ? specs[name] : undefined;
      if (!first) {
        specs[name] = schema;
        owners.set(name, role.name);
      } else if (first !== schema && !isDeepStrictEqual(meaning(first), meaning(schema))) {
        const message = `${name} is declared differently by ${owners.get(name) ?? "?"} and by ${role.name}; share one declaration, or rename one of them`;
        problems.set(message, { message });
      }
    }
  return { specs, problems: [...problems.values()] };
}

/** The schema without its description, which may differ between roles. */
const meaning = (schema: JsonSchema): unknown => without(schema, "description");
