import path from "node:path";
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
