import path from "node:path";
import { InputError } from "../errors.ts";
import { argumentsOf } from "../tasks/arguments.ts";
import type { Item } from "../tasks/block.ts";
import type { Role, RoleContext, Values, VarSpecs } from "./role.ts";

/** The parts of a role, for `defineRole`. */
export interface RoleDefinition<S extends VarSpecs> {
  /** The role's name, which is also a tag of all its tasks. */
  readonly name: string;
  readonly description: string;
  /** Every variable the role reads, with its type, default and description. */
  readonly vars: S;
  /**
   * The folder that its templates/ and files/ are in; roles/<name> of the project by default. A role of a package says
   * `import.meta.dirname`.
   */
  readonly folder?: string;
  /** The tasks of a host, in order. It runs for each host and does no I/O. */
  readonly tasks: (context: RoleContext<Values<S>>) => readonly Item[];
  /** The tasks that take away what the role made on a host, for `undone`. They need no earlier run of the role. */
  readonly undo?: ((context: RoleContext<Values<S>>) => readonly Item[]) | undefined;
}

/**
 * Defines a role: variables and tasks as data.
 *
 * @example
 * export const motd = defineRole({
 *   name: "motd",
 *   description: "Shows a message at login.",
 *   vars: { motd_text: Type.String({ description: "The message." }) },
 *   tasks: ({ vars }) => [file("Write the message", { dest: "/etc/motd", content: `${vars.motd_text}\n` })],
 * });
 */
export const defineRole = <S extends VarSpecs>(definition: RoleDefinition<S>): Role<Values<S>> =>
  makeRole({ ...definition, folder: definition.folder ?? path.resolve("roles", definition.name), tags: [], fixed: {} });

type Parts<V> = Omit<Role<V>, "with" | "tagged">;

const makeRole = <V>(parts: Parts<V>): Role<V> => ({
  ...parts,
  with: (values) => makeRole({ ...parts, fixed: { ...parts.fixed, ...values } }),
  tagged: (...tags) => makeRole({ ...parts, tags: [...parts.tags, ...argumentsOf("tagged", tags)] }),
});

/**
 * The same role, which takes away what it made: its tasks are those of its `undo`. Throws InputError if it has none.
 *
 * @example
 * // playbooks/clean.ts
 * export default playbook([play({ name: "Remove the message", hosts: "all", roles: [undone(motd)] })]);
 */
export function undone<V>(role: Role<V>): Role<V> {
  if (role.undo) return makeRole({ ...role, tasks: role.undo });
  const message = `the role ${role.name} has no undo, expected the tasks that take away what it made: defineRole({ undo: … })`;
  throw new InputError([{ message }]);
}
