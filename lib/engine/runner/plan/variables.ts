import type { Role, VarSpecs } from "../../dsl/index.ts";
import { InputError, type Problem } from "../../errors.ts";
import type { Assignment, LoadedInventory } from "../../inventory/types.ts";
import { extraVarsLayer } from "../../inventory/extra-vars.ts";
import { checkVariables } from "../../schema/check-variables.ts";
import { mergeSpecs, type Declaring } from "../../schema/merge-specs.ts";
import { otherValues, type EmptySecrets } from "../../schema/other-secrets.ts";
import { secretsOf } from "../../schema/secret.ts";
import type { Mask } from "../events/mask.ts";

interface Checked {
  readonly values: unknown;
  /** Absent if none of the role's variables is secret. */
  readonly others: Readonly<Record<EmptySecrets, unknown>> | undefined;
}

export interface HostRoles {
  readonly host: string;
  readonly roles: readonly Role[];
}

/** The variables of every role for every host, checked before the first connection. */
export class Variables {
  readonly #inventory: LoadedInventory;
  readonly #specs: VarSpecs;
  readonly #mask: Mask;
  readonly #allowsUnknown: boolean;
  /** With the assignments that they were made from: those of a host change if a task adds to the inventory. */
  readonly #values = new Map<string, { readonly from: readonly Assignment[]; readonly roles: Map<Role, Checked> }>();
  readonly #secretive = new Set<Role>();
  readonly #known: readonly Declaring[];

  /**
   * Throws InputError with all problems. `known` holds all declarations, `played` the roles that will run. Not all
   * declarations are known with `allowsUnknown`.
   */
  constructor(
    inventory: LoadedInventory,
    known: readonly Declaring[],
    played: readonly HostRoles[],
    mask: Mask,
    { allowsUnknown = false } = {},
  ) {
    this.#inventory = inventory;
    this.#known = known;
    this.#allowsUnknown = allowsUnknown;
    this.#mask = mask;
    const { specs, problems } = mergeSpecs(known);
    this.#specs = specs;
    const found = new Map<string, Problem>(problems.map((problem) => [key(problem), problem]));
    for (const { host, roles } of played)
      for (const role of roles) for (const problem of this.#check(host, role)) found.set(key(problem), problem);
    if (found.size > 0) throw new InputError([...found.values()]);
  }

  /** The same variables with another state of the inventory. What was checked is not checked again. */
  over(inventory: LoadedInventory): Variables {
    const again = new Variables(inventory, this.#known, [], this.#mask, { allowsUnknown: this.#allowsUnknown });
    for (const [host, values] of this.#values) again.#values.set(host, values);
    for (const role of this.#secretive) again.#secretive.add(role);
    return again;
  }

  /** The variables of a role on a host. Throws InputError if they do not fit their schemas. */
  of(host: string, role: Role): unknown {
    return this.#checked(host, role)?.values;
  }

  /** Whether the role has a secret on any of the hosts whose variables were read so far. */
  hasSecrets(role: Role): boolean {
    return this.#secretive.has(role);
  }

  /** The same as they would be with other secrets. */
  withOtherSecrets(host: string, role: Role, empty: EmptySecrets): unknown {
    const checked = this.#checked(host, role);
    return checked?.others?.[empty] ?? checked?.values;
  }

  /** A text with every known secret covered. */
  cover(text: string): string {
    return this.#mask.cover(text);
  }

  #checked(host: string, role: Role): Checked | undefined {
    const problems = this.#check(host, role);
    if (problems.length > 0) throw new InputError(problems);
    return this.#own(host).get(role);
  }

  #check(host: string, role: Role): readonly Problem[] {
    if (this.#own(host).has(role)) return [];
    const assignments = assignmentsOf(this.#inventory, host, role);
    const needed = new Set(Object.keys(role.vars));
    const allowsUnknown = this.#allowsUnknown;
    const { values, problems } = checkVariables({
      specs: this.#specs,
      assignments,
      host,
      needed,
      defaultsOf: needed,
      allowsUnknown,
    });
    for (const secret of secretsOf(this.#specs, values)) this.#mask.add(secret);
    if (problems.length > 0) return problems;
    const others = otherValues(this.#specs, needed, values, assignments);
    if (others !== undefined) this.#secretive.add(role);
    this.#own(host).set(role, { values, others });
    return [];
  }

  #own(host: string): Map<Role, Checked> {
    const from = this.#inventory.assignments(host);
    const known = this.#values.get(host);
    if (known?.from === from) return known.roles;
    const roles = new Map<Role, Checked>();
    this.#values.set(host, { from, roles });
    return roles;
  }
}

/** All assignments of variables for a role on a host, weakest first: the inventory, role.with(…), --extra-vars. */
export function assignmentsOf(inventory: LoadedInventory, host: string, role: Role | undefined): Assignment[] {
  const given = inventory.assignments(host);
  const isExtra = (assignment: Assignment) => assignment.from === extraVarsLayer;
  return [
    ...given.filter((assignment) => !isExtra(assignment)),
    ...(role ? fixedBy(role) : []),
    ...given.filter(isExtra),
  ];
}

const key = ({ message, where }: Problem): string => JSON.stringify([message, where]);

const fixedBy = (role: Role): Assignment[] =>
  Object.entries<unknown>(role.fixed).map(([name, value]) => ({
    name,
    value,
    from: `role ${role.name}`,
    where: { file: `${role.name}.with(…)` },
  }));
