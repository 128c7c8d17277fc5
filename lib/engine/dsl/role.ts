import type { Facts } from "../facts/types.ts";
import type { Host, Inventory } from "../inventory/types.ts";
import type { Item } from "../tasks/block.ts";
import type { Values, VarSpecs } from "../schema/types.ts";

export type { Values, VarSpecs };

/** All that a role may know: nothing ambient. */
export interface RoleContext<V> {
  readonly vars: V;
  readonly host: Host;
  readonly inventory: Inventory;
  readonly facts: Facts;
  /** The variables that another host has for this same role. */
  readonly varsOf: (host: Host) => V;
  /** What is known of another host: of those that this run has reached before the play's tasks begin. */
  readonly factsOf: (host: Host) => Facts | undefined;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a play holds roles of every shape
export interface Role<V = any> {
  readonly name: string;
  readonly description: string;
  readonly vars: VarSpecs;
  /** The folder that its templates/ and files/ are in. */
  readonly folder: string;
  readonly tags: readonly string[];
  readonly fixed: Partial<V>;
  readonly tasks: (context: RoleContext<V>) => readonly Item[];
  /** The same role with some variables set: stronger than the inventory's, weaker than --extra-vars. */
  with(values: Partial<V>): Role<V>;
  tagged(...tags: string[]): Role<V>;
}
