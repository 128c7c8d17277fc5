import type { Role } from "../../dsl/index.ts";
import { InputError } from "../../errors.ts";
import { locationOf } from "../../error-location.ts";
import { didYouMean } from "../../schema/nearest.ts";

/** Names that programs ask of any object. */
const asked = new Set(["then", "toJSON", ...Object.getOwnPropertyNames(Object.prototype)]);

/** Variables of a role that throw InputError when a variable is read that the role does not declare. */
export function declared(role: Role, values: unknown): unknown {
  if (typeof values !== "object" || values === null) return values;
  return new Proxy(values, {
    get: (target, name, receiver): unknown => {
      if (typeof name === "string" && !(name in target) && !(name in role.vars) && !asked.has(name))
        throw undeclared(role, name);
      return Reflect.get(target, name, receiver);
    },
  });
}

function undeclared(role: Role, name: string): InputError {
  const message = `the role ${role.name} reads the variable ${name}, which it does not declare${didYouMean(name, Object.keys(role.vars))}`;
  const where = locationOf(new Error());
  return new InputError([where ? { message, where } : { message }]);
}
