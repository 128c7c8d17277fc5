import { typeOf } from "./index-file.ts";
import { value } from "./expression.ts";
import { ByHand } from "./jinja.ts";
import type { RoleScope, Yaml } from "./task.ts";

/** The declarations of a role's variables, and the statements that compute the defaults of some. */
export interface Declared {
  readonly declared: readonly string[];
  readonly computed: readonly string[];
}

/** The variables with a default, and those `needed` by tasks and defaults without one. */
export function declaredVariables(
  role: string,
  defaults: Yaml,
  needed: () => readonly string[],
  scope: RoleScope,
): Declared {
  const computed: string[] = [];
  const declared = Object.entries(defaults).map(([name, given]) => {
    const description = `description: ${JSON.stringify(`A default of the Ansible role ${role}.`)}`;
    if (!JSON.stringify(given).includes("{{") && given !== null)
      return `${name}: Type.${typeOf(given)}({ default: ${JSON.stringify(given)}, ${description} }),`;
    try {
      if (given !== null) computed.push(`v.${name} ??= ${value(given, scope)};`);
    } catch (error) {
      if (!(error instanceof ByHand)) throw error;
      scope.count("by hand", `default of ${name}`, error.message);
      computed.push(`// By hand: ${error.message}: v.${name} ??= ${JSON.stringify(given)}`);
    }
    return `${name}: Type.Optional(Type.Any({ ${description} })),`;
  });
  // The defaults may read others.
  const others = needed().map(
    (name) => `${name}: Type.Optional(Type.Any({ description: "Read by the tasks, without a default." })),`,
  );
  return { declared: [...declared, ...others], computed };
}
