import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../errors.ts";
import { without, type JsonSchema } from "./json-schema.ts";
import type { VarSpecs } from "./types.ts";

/** Who declares variables: a role, or the inventory for those of the connection. */
export interface Declaring {
  readonly name: string;
  readonly vars: VarSpecs;
}

/** The variables of all roles as one; two roles may declare one variable if they mean the same by it. */
export function mergeSpecs(roles: readonly Declaring[]): {
  readonly specs: VarSpecs;
  readonly problems: readonly Problem[];
} {
  const specs: Record<string, VarSpecs[string]> = {};
  const owners = new Map<string, string>();
  const problems = new Map<string, Problem>();
  for (const role of roles)
    for (const [name, schema] of Object.entries(role.vars)) {
      const first = specs[name];
      if (!first) {
        specs[name] = schema;
        owners.set(name, role.name);
      } else if (first !== schema && !isDeepStrictEqual(meaning(first), meaning(schema))) {
        const message = `${name} is declared differently by ${owners.get(name) ?? "?"} and by ${role.name}; share one declaration, or give one of them a name of its own`;
        problems.set(message, { message });
      }
    }
  return { specs, problems: [...problems.values()] };
}

/** What matters of a schema: two roles may describe a variable in words of their own. */
const meaning = (schema: JsonSchema): unknown => without(schema, "description");
