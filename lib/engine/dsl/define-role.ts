import path from "node:path";
import type { Item } from "../tasks/block.ts";
import type { Role, RoleContext, Values, VarSpecs } from "./role.ts";

export interface RoleDefinition<S extends VarSpecs> {
  readonly name: string;
  readonly description: string;
  /** Every variable the role reads, with its type, default and description. */
  readonly vars: S;
  /** Where templates/ and files/ are; roles/<name> of the project where absent. */
  readonly folder?: string;
  readonly tasks: (context: RoleContext<Values<S>>) => readonly Item[];
}

/** A role: variables and tasks as data. Its name is also a tag of all its tasks. */
export const defineRole = <S extends VarSpecs>(definition: RoleDefinition<S>): Role<Values<S>> =>
  makeRole({ ...definition, folder: definition.folder ?? path.resolve("roles", definition.name), tags: [], fixed: {} });

type Parts<V> = Omit<Role<V>, "with" | "tagged">;

const makeRole = <V>(parts: Parts<V>): Role<V> => ({
  ...parts,
  with: (values) => makeRole({ ...parts, fixed: { ...parts.fixed, ...values } }),
  tagged: (...tags) => makeRole({ ...parts, tags: [...parts.tags, ...tags] }),
});
