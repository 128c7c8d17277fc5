import type { Facts } from "../facts/types.ts";
import type { Host, Inventory } from "../inventory/types.ts";
import type { Item } from "../tasks/block.ts";
import type { Values, VarSpecs } from "../schema/types.ts";

export type { Values, VarSpecs };

/** Everything that a role's tasks may depend on. */
export interface RoleContext<V> {
  /** The role's variables for this host, validated. */
  readonly vars: V;
  readonly host: Host;
  readonly inventory: Inventory;
  readonly facts: Facts;
  /** The variables that another host has for this same role. */
  readonly varsOf: (host: Host) => V;
  /** The facts of another host; undefined if this run has not reached it before the play's tasks start. */
  readonly factsOf: (host: Host) => Facts | undefined;
}

/** A role as a play has it. `defineRole` makes one. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a play holds roles of every shape
export interface Role<V = any> {
  readonly name: string;
  readonly description: string;
  readonly vars: VarSpecs;
  /** The folder that its templates/ and files/ are in. */
  readonly folder: string;
  readonly tags: readonly string[];
  /** The variables that `with` has set. */
  readonly fixed: Partial<V>;
  /** The tasks for one host, from its variables and facts. Without side effects: each run plans more than once. */
  readonly tasks: (context: RoleContext<V>) => readonly Item[];
  /** The tasks that take away what it made on a host; undefined if it does not say. */
  readonly undo?: ((context: RoleContext<V>) => readonly Item[]) | undefined;
  /**
   * The same role with some variables set. They override the inventory; --extra-vars overrides them.
   *
   * @example
   * play({ name: "Messages", hosts: "all", roles: [motd.with({ motd_text: "Hello" })] })
   */
  with(values: Partial<V>): Role<V>;
  /** The same role with more tags for all its tasks. */
  tagged(...tags: string[]): Role<V>;
}
